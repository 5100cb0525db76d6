/** The look that the pages share: light and dark by the reader's choice, and on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1f23; --quiet: #5c6570; --river: #05668a; --other: #a3480a;
  --line: #8884; --soft: #8882; --good: #d3f2df; --bad: #ffdcd9; --danger: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --ink: #e4e8ec; --quiet: #a1abb5; --river: #55c3ea; --other: #f0a868;
  --good: #14492c; --bad: #5c1f1b; --danger: #ff8a80; } }
* { box-sizing: border-box; } [hidden] { display: none !important; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; font: 15px/1.45 system-ui, sans-serif; background: var(--paper); color: var(--ink); }
header { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.4rem; margin: .8rem 0; color: var(--river); } h2 { font-size: 1.05rem; margin: 1.4rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; } p { margin: .5rem 0; overflow-wrap: anywhere; }
nav { margin-left: auto; } a { color: var(--river); } :focus-visible { outline: 2px solid var(--river); outline-offset: 2px; }
.badge { padding: .1rem .6rem; border-radius: 1rem; background: var(--soft); font-size: .85rem; }
.good { background: var(--good); } .bad, .warning { background: var(--bad); } .warning { padding: .5rem .8rem; border-radius: .4rem; white-space: pre-wrap; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .8rem; margin-top: 1rem; }
.tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; display: grid; align-content: start; }
.tiles b { font-size: 1.25rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; } .tiles span, .note { color: var(--quiet); font-size: .85rem; }
svg { display: block; width: 100%; height: 30px; } svg.curve { height: 120px; border: 1px solid var(--line); border-width: 1px 0; } svg.small { height: 36px; min-width: 8rem; }
svg path { fill: none; stroke: var(--river); stroke-width: 1.7; vector-effect: non-scaling-stroke; }
svg .line1 { stroke: var(--other); stroke-dasharray: 5 4; } svg .drift { stroke: var(--danger); } svg .generation { stroke: var(--quiet); stroke-dasharray: 2 3; }
figure { margin: .6rem 0; } figcaption { font-size: .9rem; } .key0, .key1 { border-bottom: 2px solid var(--river); } .key1 { border-bottom: 2px dashed var(--other); }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr)); gap: 0 2rem; } .two > * { min-width: 0; }
.scroll { overflow-x: auto; } .wide { min-width: 46rem; } table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
th { font-weight: 500; color: var(--quiet); font-size: .85rem; } tbody th { color: inherit; font-size: inherit; }
.number { text-align: right; font-variant-numeric: tabular-nums; } .acts { white-space: nowrap; text-align: right; }
.code, code, pre { font: 13px/1.4 ui-monospace, monospace; } pre { background: var(--soft); padding: .6rem .8rem; overflow: auto; border-radius: .4rem; }
form { display: flex; gap: .8rem; flex-wrap: wrap; align-items: end; margin: .6rem 0; } input { font: inherit; padding: .2rem .4rem; width: 9rem; max-width: 100%; }
input[type=number] { width: 5rem; } input[type=checkbox] { width: auto; } 
button { font: inherit; font-size: .85rem; margin-right: .3rem; cursor: pointer; min-height: 1.7rem; color: var(--ink); background: var(--paper); border: 1px solid var(--quiet); border-radius: .3rem; }
button:hover { background: var(--soft); }
button[aria-busy=true] { cursor: progress; opacity: .7; } button.danger { color: var(--danger); } .no-admin .admin { display: none; }
progress { width: min(30rem, 100%); accent-color: var(--river); display: block; margin-bottom: .5rem; }
dialog { max-width: 34rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); color: var(--ink); } dialog::backdrop { background: #0008; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; } summary { padding: .5rem .8rem; cursor: pointer; }
details > div { padding: 0 .8rem .8rem; } .method { display: inline-block; width: 4.2rem; font-weight: 600; color: var(--river); text-transform: uppercase; }
@media print { .noPrint, nav, button, progress { display: none !important; } body { max-width: none; padding: 0; } .scroll { overflow: visible; } .wide { min-width: 0; }
  .tiles div, figure, tr { break-inside: avoid; } :root { --paper: #ffffff; --ink: #000000; --quiet: #444444; --river: #05668a; --other: #a3480a; --good: #ffffff; --bad: #ffffff; --danger: #b3261e; } .warning { border: 1px solid var(--ink); } }`;
