// Builds everything the browser needs into ../static/dist: hashed names, a manifest, gzip copies. Run by `npm run build`.
// It reads only node_modules and src; nothing is fetched from a network.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "static", "dist");
const watching = process.argv.includes("--watch");
const out = watching ? dist : `${dist}.making`;
const modules = join(here, "node_modules");

const sassPlugin = {
  name: "sass",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      const result = sass.compile(path, {
        loadPaths: [modules],
        style: "compressed",
        quietDeps: true,
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      });
      return {
        contents: result.css,
        loader: "css",
        resolveDir: dirname(path),
        watchFiles: result.loadedUrls.map((url) => fileURLToPath(url)),
      };
    });
  },
};

function iconSprite() {
  const names = readFileSync(join(here, "src", "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = [...new Set(names)].sort().map((name) => {
    const file = join(modules, "@tabler", "icons", "icons", "outline", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`src/icons.txt: no icon named ${name}`);
    const inner = readFileSync(file, "utf8").replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1];
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

function writeHashed(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = name.replace(/(\.\w+)$/, `-${hash}$1`);
  writeFileSync(join(out, hashed), content);
  return hashed;
}

function copyPdfFonts() {
  const source = join(modules, "@expo-google-fonts", "noto-sans-sc");
  const target = join(out, "fonts", "pdf");
  mkdirSync(target, { recursive: true });
  copyFileSync(join(source, "400Regular", "NotoSansSC_400Regular.ttf"), join(target, "NotoSansSC-Regular.ttf"));
  copyFileSync(join(source, "700Bold", "NotoSansSC_700Bold.ttf"), join(target, "NotoSansSC-Bold.ttf"));
  copyFileSync(join(source, "LICENSE_FONT"), join(target, "OFL.txt"));
}

function licences() {
  const { dependencies } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
  const shipped = Object.keys(dependencies).filter((name) => !["esbuild", "sass"].includes(name)).sort();
  return shipped
    .map((name) => {
      const root = join(modules, ...name.split("/"));
      const { version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
      const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name} ${version}: ${license}\n\n${file ? readFileSync(join(root, file), "utf8").trim() : ""}\n`;
    })
    .join("\n" + "-".repeat(80) + "\n\n");
}

function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) compress(path);
    else if (/\.(js|css|svg)$/.test(entry.name)) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}

const options = {
  absWorkingDir: here,
  entryPoints: {
    app: "src/app.js",
    styles: "src/styles/index.scss",
    fonts: "src/styles/fonts.css",
  },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  target: ["es2022"],
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  loader: { ".woff2": "file", ".woff": "empty" },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [sassPlugin],
};

function finish(metafile) {
  const manifest = {};
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (!entryPoint) continue;
    const name = { "src/app.js": "app.js", "src/styles/index.scss": "styles.css", "src/styles/fonts.css": "fonts.css" }[entryPoint];
    if (name) manifest[name] = relative(out, join(here, path));
  }
  manifest["icons.svg"] = writeHashed("icons.svg", iconSprite());
  for (const entry of readdirSync(join(here, "src", "images"))) {
    manifest[entry] = writeHashed(basename(entry), readFileSync(join(here, "src", "images", entry)));
  }
  copyPdfFonts();
  writeFileSync(join(out, "LICENCES.txt"), licences());
  compress(out);
  writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
}

// Pages keep finding the last build until the new one is whole.
function swap() {
  const old = `${dist}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(out, dist);
  rmSync(old, { recursive: true, force: true });
}

if (watching) {
  mkdirSync(out, { recursive: true });
  const finishing = { name: "finish", setup: (build) => build.onEnd(({ metafile }) => metafile && finish(metafile)) };
  const context = await esbuild.context({ ...options, plugins: [...options.plugins, finishing] });
  await context.watch();
} else {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const { metafile } = await esbuild.build(options);
  finish(metafile);
  swap();
}
