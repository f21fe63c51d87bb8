/** Styles of the viewer. Every colour, letter and corner is a variable of the host's, with a default for light and dark. */
export const STYLES = `
:host {
  --ink: var(--cairn-ink, light-dark(#1d2124, #e4e7ea));
  --quiet: var(--cairn-quiet, light-dark(#596069, #a2abb4));
  --ground: var(--cairn-ground, light-dark(#ffffff, #1a1e22));
  --raised: var(--cairn-raised, light-dark(#f0f1ef, #23282d));
  --line: var(--cairn-line, light-dark(#e1e3e2, #2c3237));
  --edge: var(--cairn-edge, light-dark(#858d95, #737d87));
  --accent: var(--cairn-accent, light-dark(#0a6557, #63cdb9));
  --bad: var(--cairn-bad, light-dark(#ad1f1a, #ff9a91));
  --focus: var(--cairn-focus, light-dark(#0b57d0, #8ab4f8));
  --radius: var(--cairn-radius, 6px);
  display: block;
  color: var(--ink);
  background: var(--ground);
  font: var(--cairn-font, 0.875rem/1.45 system-ui, sans-serif);
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
form { display: flex; gap: 0.5rem; margin-bottom: 0.5rem; }
label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
input, button {
  min-height: 1.9rem;
  padding: 0.15rem 0.7rem;
  border: 1px solid var(--edge);
  border-radius: var(--radius);
  background: var(--ground);
  color: inherit;
  font: inherit;
}
input { flex: 1; min-width: 0; }
input::placeholder { color: var(--quiet); opacity: 1; }
button { cursor: pointer; }
button:hover { background: var(--raised); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
p { margin: 0.35rem 0; }
.quiet { color: var(--quiet); }
.problem { color: var(--bad); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; }
thead th { color: var(--quiet); font-weight: 400; white-space: nowrap; }
td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
tbody tr { cursor: pointer; }
tbody tr:hover, tbody tr[aria-current] { background: var(--raised); }
td button {
  min-height: 1.5rem;
  padding: 0;
  border: 0;
  background: none;
  color: var(--accent);
  text-align: start;
  text-decoration: underline;
}
.failure, .denied { color: var(--bad); }
.detail { margin-top: 0.75rem; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: var(--radius); }
.detail header { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
dl { margin: 0.5rem 0 0; }
dl > div { display: grid; grid-template-columns: minmax(7rem, 14rem) minmax(0, 1fr); gap: 0 0.75rem; padding: 0.15rem 0; }
dt { color: var(--quiet); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
`;
