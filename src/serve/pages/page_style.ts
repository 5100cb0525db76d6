/** The look that the pages share. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #8883; --soft: #8881; --quiet: #888; --river: #0a7ea4; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 0 1rem 3rem; font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; flex-wrap: wrap; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.4rem; margin: .8rem 0; color: var(--river); } h2 { font-size: 1.05rem; margin: 1.4rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
nav { margin-left: auto; } a { color: var(--river); }
.badge { padding: .1rem .6rem; border-radius: 1rem; background: var(--soft); font-size: .85rem; }
.good { background: #2a92; } .bad, .warning { background: #c332; } .warning { padding: .5rem .8rem; border-radius: .4rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .8rem; margin-top: 1rem; }
.tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; display: grid; }
.tiles b { font-size: 1.25rem; font-variant-numeric: tabular-nums; } .tiles span, .note { color: var(--quiet); font-size: .85rem; }
.tiles svg { width: 100%; height: 30px; } polyline { fill: none; stroke: var(--river); stroke-width: 1.5; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 0 2rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; color: var(--quiet); font-size: .85rem; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.code, code, pre { font: 13px/1.4 ui-monospace, monospace; } pre { background: var(--soft); padding: .6rem .8rem; overflow: auto; border-radius: .4rem; }
form { display: flex; gap: .8rem; flex-wrap: wrap; align-items: end; } input { font: inherit; padding: .2rem .4rem; width: 9rem; }
input[type=number] { width: 5rem; } button { font: inherit; font-size: .85rem; margin-right: .3rem; cursor: pointer; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; } summary { padding: .5rem .8rem; cursor: pointer; }
details > div { padding: 0 .8rem .8rem; } .method { display: inline-block; width: 4.2rem; font-weight: 600; color: var(--river); text-transform: uppercase; }`;
