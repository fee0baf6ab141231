import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// In development the API is a cloud started by hand on its default port.
const cloud = "http://127.0.0.1:5000";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    // No data: URLs and no inline script: the page's policy is 'self' alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { "/api": cloud } },
});
