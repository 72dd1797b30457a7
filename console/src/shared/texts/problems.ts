export const problems = {
  unreachable: {
    title: "The service cannot be reached",
    detail:
      "Check that it runs and that this computer is connected, then try again. Nothing you typed is lost.",
  },
  unexpected: "Something went wrong in this page",
  http: (status: number) => `The service answered HTTP ${status}`,
  code: "Code",
  requestId: "Request",
} as const;
