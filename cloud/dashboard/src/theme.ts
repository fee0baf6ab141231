import { createTheme, type MantineColorsTuple } from "@mantine/core";

const petrol: MantineColorsTuple = [
  "#e9f5f5",
  "#d3e8e9",
  "#a5d1d3",
  "#74b9bd",
  "#4da4a9",
  "#35979d",
  "#1f8188",
  "#0c6a72",
  "#0c5a63",
  "#084a52",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 6 },
  colors: { petrol },
  fontFamily: "'IBM Plex Sans Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
});
