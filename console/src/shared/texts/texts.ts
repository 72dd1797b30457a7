import { audit } from "./audit";
import { chart } from "./chart";
import { common } from "./common";
import { findings } from "./findings";
import { imports } from "./imports";
import { inventory } from "./inventory";
import { log } from "./log";
import { orders } from "./orders";
import { overview } from "./overview";
import { problems } from "./problems";
import { products } from "./products";
import { records } from "./records";
import { shelf } from "./shelf";
import { shell } from "./shell";
import { signIn } from "./signIn";
import { sku } from "./sku";
import { stockAt } from "./stockAt";
import { stocktake } from "./stocktake";
import { verify } from "./verify";

/** Every text that the console shows, in English. A translation replaces this object. */
export const texts = {
  common,
  problems,
  shell,
  signIn,
  chart,
  records,
  overview,
  inventory,
  sku,
  products,
  orders,
  shelf,
  stocktake,
  imports,
  audit,
  findings,
  log,
  verify,
  stockAt,
} as const;
