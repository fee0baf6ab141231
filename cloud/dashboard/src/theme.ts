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

const gray: MantineColorsTuple = [
  "#f6f7f4",
  "#eef0ea",
  "#e3e6de",
  "#d6dad1",
  "#c3c9bf",
  "#a5ada5",
  "#7f8983",
  "#59655f",
  "#37413d",
  "#1b2421",
];

const dark: MantineColorsTuple = [
  "#d5dcd8",
  "#b7c1bc",
  "#95a39c",
  "#6b7973",
  "#3a4642",
  "#2d3835",
  "#1f2826",
  "#161d1b",
  "#0e1312",
  "#080b0a",
];

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 6 },
  colors: { petrol, gray, dark },
  fontFamily: "'IBM Plex Sans Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  headings: { fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
});
