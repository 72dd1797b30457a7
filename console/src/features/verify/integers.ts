import { type ExactValue, integerOf } from "../../shared/log/exactJson";

/** A whole number of any size. */
export type Integer = number | bigint;

export function isInteger(value: ExactValue | undefined): value is Integer {
  return typeof value === "number" || typeof value === "bigint";
}

export function sum(one: Integer, other: Integer): Integer {
  return integerOf(BigInt(one) + BigInt(other));
}

export function product(one: Integer, other: Integer): Integer {
  return integerOf(BigInt(one) * BigInt(other));
}

export function absolute(value: Integer): Integer {
  return value < 0 ? product(value, -1) : value;
}
