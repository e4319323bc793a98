import { languages } from './example-code.js';

/** Shows the examples of the chosen language only. */
const chosenLanguage = languages
  .map(({ id }) => `body:has(#language-${id}:checked) .example.${id} { display: block; }`)
  .join('\n');

/** The pages' only style sheet: system fonts, light or dark by the reader's preference, one column on a narrow window. */
export const style = `
:root { color-scheme: light dark; --text: #1b2330; --soft: #5b6678; --line: #dfe4ec; --paper: #fff; --panel: #f5f7fa; --accent: #0b5cad; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ef; --soft: #9aa5b8; --line: #2c3442; --paper: #12161d; --panel: #1a2029; --accent: #6fb1ff; --on-accent: #10151c; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
:root:not(.scripted) .needs-script, :root:not(.scripted) .try { display: none; }
html { scroll-behavior: smooth; scroll-padding-top: 4.5rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); color: var(--text); background: var(--paper);
  font: 16px/1.55 system-ui, sans-serif; }
body.plain { display: block; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; background: var(--panel); border-right: 1px solid var(--line); font-size: .86rem; }
nav .brand { font-size: 1.15rem; font-weight: 700; color: var(--text); }
nav .menu { display: none; }
nav h2 { margin: 1.25rem 0 .35rem; font-size: .74rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .16rem 0; overflow-wrap: anywhere; }
main { min-width: 0; max-width: 58rem; padding: 0 2.5rem 6rem; }
.plain main { margin: 0 auto; padding-top: 2rem; }
.tools { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; padding: .75rem 0; background: var(--paper);
  border-bottom: 1px solid var(--line); font-size: .88rem; }
.tools fieldset { display: flex; gap: .75rem; margin: 0; padding: 0; border: 0; }
.tools legend { float: left; margin-right: .75rem; padding: 0; color: var(--soft); }
#search { flex: 1 1 12rem; }
#found:empty { display: none; }
input:not([type=radio], [type=checkbox]), textarea { padding: .35rem .55rem; border: 1px solid var(--line); border-radius: .35rem; color: inherit; background: var(--panel); font: inherit; }
textarea { display: block; width: 100%; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .86em; }
button { padding: .4rem .9rem; border: 0; border-radius: .35rem; color: var(--on-accent); background: var(--accent); font: inherit; font-weight: 600; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
h1 { margin: 1.5rem 0 .5rem; font-size: 2rem; line-height: 1.2; }
main h2 { margin: 3rem 0 .25rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
.plain main h2 { margin-top: 1.5rem; }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
h4 { margin: 1.25rem 0 .35rem; }
.operation { margin: 1.25rem 0 2rem; padding: 1.25rem 1.5rem; border: 1px solid var(--line); border-radius: .6rem; }
.operation:target { border-color: var(--accent); }
.summary { font-size: 1.05rem; margin: .5rem 0; }
.roles { color: var(--soft); font-size: .88rem; }
.role, .status { padding: .08rem .45rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; white-space: nowrap; }
.method { display: inline-block; min-width: 3.1rem; padding: .05rem .35rem; border-radius: .3rem; color: #fff; text-align: center;
  font: 700 .7rem/1.6 ui-monospace, monospace; }
.get { background: #1f7a4d; } .post { background: #0b5cad; } .put, .patch { background: #9a5b00; } .delete { background: #a3262a; }
code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace; font-size: .86em; }
p code { overflow-wrap: anywhere; }
pre { margin: 0; padding: .9rem 1rem; overflow: auto; max-height: 24rem; background: var(--panel); border: 1px solid var(--line); border-radius: .45rem; line-height: 1.45; }
pre code { font-size: 1em; }
.example { display: none; }
${chosenLanguage}
table { width: 100%; margin: .6rem 0; border-collapse: collapse; font-size: .88rem; }
th, td { padding: .35rem .9rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
td:last-child { overflow-wrap: anywhere; }
td p { margin: 0; }
th { color: var(--soft); font-weight: 600; }
details { margin-top: 1rem; }
summary { cursor: pointer; font-weight: 600; }
.call { display: grid; gap: .75rem; margin-top: .75rem; justify-items: start; font-size: .88rem; }
.call > label, .call > pre { width: 100%; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .5rem 1rem; width: 100%; }
.fields input { display: block; width: 100%; }
.fields small { color: var(--soft); }
@media (max-width: 60rem) {
  body { display: block; }
  html { scroll-padding-top: 1rem; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  nav .menu { display: inline; float: right; }
  nav:not(:has(#menu:checked)) .list { display: none; }
  main { padding: 0 1rem 4rem; }
  .tools { position: static; }
  th, td { overflow-wrap: anywhere; }
  .operation { padding: 1rem; }
}
`;
