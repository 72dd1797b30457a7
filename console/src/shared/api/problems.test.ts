import { expect, test } from "vitest";
import { isProblem, ProblemError, problemOf, readable, Unreachable } from "./problems";

test("a problem document becomes title, detail, code and request id", () => {
  const body = {
    title: "Insufficient stock",
    detail: "8 requested, 7 available.",
    code: "insufficient_stock",
    request_id: "R1",
    current_stock: 7,
  };
  const error = new ProblemError(problemOf(body, new Response(null, { status: 409 })));
  expect(readable(error)).toEqual({
    title: "Insufficient stock",
    detail: "8 requested, 7 available.",
    code: "insufficient_stock",
    requestId: "R1",
    status: 409,
  });
  expect(error.problem.current_stock).toBe(7);
  expect(isProblem(error, "busy", "insufficient_stock")).toBe(true);
  expect(isProblem(error, "busy")).toBe(false);
});

test("what is no problem document is shown by its status, with the request id of the header", () => {
  const response = new Response("<html>", { status: 502, headers: { "X-Request-Id": "R2" } });
  expect(readable(new ProblemError(problemOf("<html>", response)))).toEqual({
    title: "The service answered HTTP 502",
    detail: "",
    code: "http_502",
    requestId: "R2",
    status: 502,
  });
});

test("no answer and an error of the page are said in words", () => {
  expect(readable(new Unreachable()).title).toBe("The service cannot be reached");
  expect(readable(new Error("x is not a function")).detail).toBe("x is not a function");
  expect(readable("text").detail).toBe("text");
});
