export const chart = {
  resetZoom: "Show all",
} as const;
