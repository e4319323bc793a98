/** The page's only style sheet: system fonts, light or dark by the reader's preference. */
export const style = `
:root { color-scheme: light dark; --text: #1b2330; --soft: #5b6678; --line: #dfe4ec; --paper: #fff; --panel: #f5f7fa; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ef; --soft: #9aa5b8; --line: #2c3442; --paper: #12161d; --panel: #1a2029; --accent: #6fb1ff; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); color: var(--text); background: var(--paper);
  font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem; background: var(--panel); border-right: 1px solid var(--line); font-size: .86rem; }
nav .brand { font-size: 1.15rem; font-weight: 700; color: var(--text); }
nav h2 { margin: 1.25rem 0 .35rem; font-size: .74rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { padding: .16rem 0; }
main { max-width: 56rem; padding: 2rem 2.5rem 6rem; }
h1 { margin: 0 0 .5rem; font-size: 2rem; }
main h2 { margin: 3rem 0 .25rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { margin: 0; font-size: 1.05rem; }
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
pre { margin: 0; padding: .9rem 1rem; overflow: auto; max-height: 24rem; background: var(--panel); border: 1px solid var(--line); border-radius: .45rem; line-height: 1.45; }
table { width: 100%; margin: .6rem 0; border-collapse: collapse; font-size: .88rem; }
th, td { padding: .35rem .6rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; }
details { margin-top: 1rem; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; } main { padding: 1.5rem 1rem 4rem; } }
`;
