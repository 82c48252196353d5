// One script and one stylesheet, everything inside them: pages work from the wheel and, saved, from a single file.
// `--mode widget` builds the module that notebooks mount.
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => {
  const widget = mode === "widget";
  return {
    publicDir: widget ? false : "public",
    define: { "process.env.NODE_ENV": '"production"' },
    esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
    build: {
      outDir: "../src/microtome/app/static",
      emptyOutDir: !widget,
      target: "es2022",
      assetsInlineLimit: 1 << 20,
      modulePreload: false,
      lib: {
        entry: widget ? "src/widget.tsx" : "src/main.tsx",
        name: "microtome",
        formats: [widget ? "es" : "iife"],
        fileName: () => (widget ? "widget.js" : "app.js"),
        cssFileName: "app",
      },
    },
  };
});
