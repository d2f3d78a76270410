import { defineConfig } from "vitest/config";

// One script and one style sheet, both embedded in the page by clusterer/outputs/pages.py.
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../templates",
    emptyOutDir: false,
    modulePreload: false,
    target: "es2022",
    license: { fileName: "workspace.licences.md" },
    lib: {
      entry: "src/main.tsx",
      formats: ["iife"],
      name: "cv",
      fileName: () => "workspace.js",
      cssFileName: "workspace",
    },
  },
  define: { "process.env.NODE_ENV": '"production"' },
  test: { environment: "node", include: ["test/**/*.test.ts"] },
});
