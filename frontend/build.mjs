// Makes what the pages load: `node build.mjs [directory]`, by default src/tenure/web/static.
// The same inputs make the same bytes; `make assets-check` relies on it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = resolve(process.argv[2] ?? join(here, "../src/tenure/web/static"));
const ours = join(target, "tenure");
const vendor = join(target, "vendor");
const from = (name) => join(here, "node_modules", name);
const lines = (name) => readFileSync(join(here, name), "utf8").split("\n").filter(Boolean);

function copy(source, goal) {
  mkdirSync(dirname(goal), { recursive: true });
  cpSync(source, goal);
}

/** The inside of each icon; the size, the stroke and the words are the template tag's. */
function icons() {
  const made = {};
  for (const name of lines("icons.txt")) {
    const svg = readFileSync(from(`@tabler/icons/icons/outline/${name}.svg`), "utf8");
    made[name] = svg
      .replace(/<!--[\s\S]*?-->/g, "")
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\s*\n\s*/g, "");
  }
  return JSON.stringify(made, null, 1) + "\n";
}

function fingerprint() {
  const made = createHash("sha256");
  for (const name of ["app.css", "build.mjs", "package-lock.json", "classes.txt", "icons.txt"]) {
    made.update(readFileSync(join(here, name)));
  }
  return made.digest("hex");
}

for (const place of [join(ours, "fonts"), vendor]) {
  rmSync(place, { recursive: true, force: true });
}
mkdirSync(ours, { recursive: true });

for (const file of ["inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"]) {
  copy(from(`@fontsource-variable/inter/files/${file}`), join(ours, "fonts", file));
}
copy(from("@fontsource-variable/inter/LICENSE"), join(ours, "fonts/LICENSE"));
copy(from("@tabler/icons/LICENSE"), join(vendor, "tabler-icons/LICENSE"));
copy(from("htmx.org/dist/htmx.min.js"), join(vendor, "htmx/htmx.min.js"));
copy(from("htmx.org/LICENSE"), join(vendor, "htmx/LICENSE"));
copy(from("@alpinejs/csp/dist/cdn.min.js"), join(vendor, "alpine/alpine.min.js"));
copy(join(here, "licences/alpine"), join(vendor, "alpine/LICENSE"));
copy(from("uplot/dist/uPlot.iife.min.js"), join(vendor, "uplot/uplot.min.js"));
copy(from("uplot/dist/uPlot.min.css"), join(vendor, "uplot/uplot.min.css"));
copy(from("uplot/LICENSE"), join(vendor, "uplot/LICENSE"));
copy(join(here, "app.js"), join(ours, "app.js"));

execFileSync(
  process.execPath,
  [
    from("@tailwindcss/cli/dist/index.mjs"),
    "--input", join(here, "app.css"),
    "--output", join(ours, "app.css"),
    "--minify",
  ],
  { cwd: here, stdio: ["ignore", "ignore", "inherit"] },
);
writeFileSync(join(ours, "icons.json"), icons());
writeFileSync(join(ours, "made-from.txt"), fingerprint() + "\n");
