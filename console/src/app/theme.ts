import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { texts } from "../shared/texts/texts";

/** A blue-green whose shades keep a contrast of 4.5 with white text (7) and on the dark background (4). */
const teal: MantineColorsTuple = [
  "#e6f7f9",
  "#cfeaee",
  "#a3d5dd",
  "#74bfcb",
  "#4eadbc",
  "#36a1b2",
  "#1d8294",
  "#0b7285",
  "#095c6b",
  "#064652",
];

export const theme = createTheme({
  primaryColor: "brand",
  primaryShade: { light: 7, dark: 7 },
  colors: { brand: teal },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace",
  defaultRadius: "sm",
  cursorType: "pointer",
  components: {
    Notification: { defaultProps: { closeButtonProps: { "aria-label": texts.common.close } } },
    // Their headers are not the page's banner.
    Modal: { defaultProps: { attributes: { header: { role: "presentation" } } } },
    Drawer: { defaultProps: { attributes: { header: { role: "presentation" } } } },
  },
});
