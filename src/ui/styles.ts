/** Looks of the dialog and the panel. Given to the browser as constructed stylesheets, which a strict page's policy allows. */

/** A rule for a host that says `!important` wins over every rule of the page; sizes follow the reader's own text size. */
const COMMON = `
:host { all: initial !important; display: contents !important; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.card {
  --surface: #fff; --ink: #1a1c20; --soft: #5c6370; --line: #d9dce1; --well: #f4f5f7; --key: #1d4ed8; --on-key: #fff; --shade: rgb(20 24 32 / .22);
  color-scheme: light; visibility: visible; pointer-events: auto; cursor: auto; direction: ltr; text-align: start;
  font: medium/1.45 system-ui, sans-serif; letter-spacing: normal; word-spacing: normal; text-transform: none; text-indent: 0;
  white-space: normal; overflow-wrap: anywhere; scrollbar-width: thin; scrollbar-color: var(--soft) transparent; color: var(--ink); background: var(--surface);
  border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 1px 3px rgb(0 0 0 / .12), 0 16px 48px rgb(0 0 0 / .28);
}
.card:dir(rtl) { direction: rtl; }
button {
  font: inherit; font-weight: 600; padding: .55em 1em; min-height: 2.75em; border-radius: 9px; cursor: pointer;
  color: var(--ink); background: transparent; border: 1px solid var(--soft);
}
button:hover { background: var(--well); }
:focus-visible { outline: 3px solid var(--key); outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  .card {
    --surface: #1e2126; --ink: #eceef1; --soft: #a3abb8; --line: #3a3f47; --well: #272b32; --key: #8ab0ff; --on-key: #10131a; --shade: rgb(0 0 0 / .65);
    color-scheme: dark;
  }
}
`

export const APPROVAL_CSS: string = `${COMMON}
dialog {
  --tone: #1d4ed8; --tone-well: #e8eefc;
  position: fixed; inset: 0; margin: auto; padding: 0; opacity: 1; transform: none; filter: none;
  width: min(34em, calc(100vw - 24px)); max-width: none; height: fit-content; max-height: calc(100dvh - 24px);
  overflow: hidden auto; overscroll-behavior: contain;
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(12 14 18 / .55); }
.destructive, .pay { --tone: #b42318; --tone-well: #fdecea; }
.navigate { --tone: #8a4b08; --tone-well: #fcf1de; }
.read, .fill { --tone: #3c4654; --tone-well: #eceff3; }
header { padding: 1.25em 1.35em .2em; }
h2 { font-size: 1.2em; line-height: 1.3; margin: .55em 0 0; }
.effect {
  display: inline-block; margin: 0; padding: .2em .75em; border-radius: 99px; font-size: .85em; font-weight: 650;
  color: var(--tone); background: var(--tone-well); border: 1px solid var(--tone);
}
.body { padding: .35em 1.35em 1em; overflow: hidden auto; overscroll-behavior: contain; flex: 1 1 auto; min-height: 9em; outline-offset: -3px; }
.description { margin: .3em 0 1em; font-size: 1.03em; max-height: 12em; overflow: hidden auto; white-space: pre-line; }
.facts { margin: 0; border: 1px solid var(--line); border-radius: 9px; }
.fact { display: grid; grid-template-columns: minmax(5em, 28%) 1fr; gap: .8em; padding: .5em .8em; border-top: 1px solid var(--line); }
.fact:first-child { border-top: 0; }
dt { color: var(--soft); font-size: .92em; }
dd { margin: 0; min-width: 0; max-height: 18em; overflow: hidden auto; white-space: pre-line; }
ul { margin: 0; padding-inline-start: 1.1em; }
bdi { unicode-bidi: isolate; }
.address bdi { direction: ltr; }
.origin { font-weight: 700; }
.rest, .faint { color: var(--soft); }
.rest { display: block; }
.tag { display: inline-block; font-size: .8em; padding: 0 .55em; border-radius: 99px; border: 1px solid var(--line); color: var(--soft); }
.tag.other { color: #8a4b08; border-color: #8a4b08; font-weight: 650; }
.caption { margin: .45em 0 1em; font-size: .84em; color: var(--soft); }
.scope { color: var(--ink); font-weight: 600; }
.agent { margin: 0 0 .9em; border: 1px dashed var(--soft); border-radius: 9px; background: var(--well); contain: paint; }
figcaption { padding: .5em .8em 0; font-size: .84em; color: var(--soft); }
figcaption::before { content: "“ " / ""; font-weight: 700; }
pre {
  margin: 0; padding: .35em .8em .6em; max-height: 9em; overflow: hidden auto; white-space: pre-wrap; unicode-bidi: isolate;
  font: .88em/1.5 ui-monospace, monospace; outline-offset: -3px; border-radius: 9px;
}
/* More to scroll to shows as a shade at the edge. */
.body, .description, pre {
  --under: var(--surface);
  background:
    linear-gradient(var(--under) 40%, transparent) top / 100% 2.2em no-repeat local,
    linear-gradient(transparent, var(--under) 60%) left 0 bottom -3px / 100% calc(2.2em + 3px) no-repeat local,
    linear-gradient(var(--shade), transparent) top / 100% .7em no-repeat scroll,
    linear-gradient(transparent, var(--shade)) bottom / 100% .7em no-repeat scroll;
}
pre { --under: var(--well); }
.status { margin: 0; padding: .5em 1.35em; color: #b42318; font-weight: 600; }
.status:empty { display: none; }
.answers { display: flex; flex-wrap: wrap; gap: .6em; padding: .9em 1.35em .6em; border-top: 1px solid var(--line); }
.refuse { color: var(--on-key); background: var(--key); border-color: var(--key); margin-inline-end: auto; }
.refuse:hover { background: var(--key); filter: brightness(1.08); }
.stop { color: var(--soft); background: none; border-color: transparent; }
.stop:hover { color: var(--ink); text-decoration: underline; }
.allow[aria-disabled="true"] { opacity: .5; cursor: progress; }
.footer { margin: 0; padding: 0 1.6875em 1.2em; font-size: .8em; color: var(--soft); }
@media (prefers-color-scheme: dark) {
  dialog { --tone: #9dbcff; --tone-well: #222c44; }
  .destructive, .pay { --tone: #ff9d92; --tone-well: #43211e; }
  .navigate { --tone: #f5c27a; --tone-well: #3d2e17; }
  .read, .fill { --tone: #c3cad5; --tone-well: #2c323b; }
  .tag.other { color: #f5c27a; border-color: #f5c27a; }
  .status { color: #ff9d92; }
}
@media (forced-colors: active) { .body, .description, pre { background: none; } }
@media (prefers-reduced-motion: no-preference) { .allow { transition: opacity .15s; } }
@media (max-width: 32em) {
  .answers button { flex: 1 1 auto; margin: 0; }
  .fact { grid-template-columns: 1fr; gap: .1em; }
}
@media (max-height: 30em) { .body { overflow: visible; min-height: 0; flex: none; } }
`

export const PANEL_CSS: string = `${COMMON}
.card { display: flex; flex-direction: column; width: min(22em, calc(100vw - 24px)); max-height: min(24em, calc(100dvh - 24px)); overflow: hidden; }
.card.floating { position: fixed; inset-block-end: 12px; inset-inline-end: 12px; z-index: 2147483647; }
.card.placed { width: auto; box-shadow: none; }
header { display: flex; align-items: center; gap: .7em; padding: .7em .8em .7em 1em; }
.heading { flex: 1; min-width: 0; }
h2 { font-size: .84em; margin: 0; color: var(--soft); font-weight: 600; }
.state { margin: 0; font-weight: 650; }
ol { margin: 0; padding: .3em 0; list-style: none; overflow: hidden auto; overscroll-behavior: contain; border-top: 1px solid var(--line); outline-offset: -3px; }
ol:empty { display: none; }
li { display: flex; gap: .7em; padding: .22em 1em; font-size: .88em; }
li bdi { min-width: 0; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.number { color: var(--soft); min-width: 1.5em; text-align: end; font-variant-numeric: tabular-nums; }
.note { color: var(--soft); }
`
