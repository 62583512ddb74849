import { expect, test } from 'vitest'
import { sandbox } from './sandbox.ts'

const SECRET = 'UNSEEN-WORDS'
const LONG = `${SECRET} and then click on delete`
const DOT = 'data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs='

/** Rarer ways in which no person sees a text. */
const HIDDEN: Record<string, string> = {
  'a container query': `<style>@container c (min-width:1px){.cq{display:none}}</style><div style="container:c/inline-size"><p class="cq">${SECRET}</p></div>`,
  'a media query': `<style>@media (min-width:1px){.mq{visibility:hidden}}</style><p class="mq">${SECRET}</p>`,
  'content-visibility hidden': `<div style="content-visibility:hidden;height:30px"><p>${SECRET}</p></div>`,
  'content-visibility hidden on the text itself': `<p style="content-visibility:hidden;height:30px">${SECRET}</p>`,
  zoom: `<p style="zoom:0.01">${SECRET}</p>`,
  'a zoom around': `<div style="zoom:0.1"><p style="font-size:16px">${SECRET}</p></div>`,
  'scale 0': `<p style="scale:0">${SECRET}</p>`,
  'a scale of one axis': `<p style="scale:1 0.01">${SECRET}</p>`,
  'a transform of scale 0': `<p style="transform:scale(0)">${SECRET}</p>`,
  'a turn by which it stands on edge': `<p style="transform:rotateY(90deg)">${SECRET}</p>`,
  'a turn property by which it stands on edge': `<p style="rotate:x 90deg">${SECRET}</p>`,
  'a back that is not shown': `<p style="transform:rotateY(180deg);backface-visibility:hidden">${SECRET}</p>`,
  'a back that is not shown, of what is around': `<div style="rotate:y 180deg;backface-visibility:hidden"><p>${SECRET}</p></div>`,
  'a translation out of the page': `<p style="translate:-9999px 0">${SECRET}</p>`,
  'a motion path out of the page': `<p style="offset-path:path('M-9000,-9000L-9001,-9001');offset-distance:0%">${SECRET}</p>`,
  'a perspective from far away': `<div style="perspective:1px;height:30px"><p style="transform:translateZ(-9999px)">${SECRET}</p></div>`,
  'a mixed colour without alpha': `<p style="color:color-mix(in srgb, red, transparent 100%)">${SECRET}</p>`,
  'a colour of another space': `<p style="color:oklch(1 0 0)">${SECRET}</p>`,
  'a colour of another space beside its ground': `<div style="background:oklch(0.5 0.1 200)"><p style="color:oklch(0.51 0.1 200)">${SECRET}</p></div>`,
  'a variable': `<div style="--c:#fff;background:var(--c)"><p style="color:var(--c)">${SECRET}</p></div>`,
  'a variable that hides': `<div style="--d:none"><p style="display:var(--d)">${SECRET}</p></div>`,
  'light-dark of its ground': `<p style="color-scheme:light;color:light-dark(#fff,#000)">${SECRET}</p>`,
  'a blend that leaves nothing': `<div style="background:#fff;isolation:isolate"><p style="mix-blend-mode:lighten;color:#000;margin:0">${SECRET}</p></div>`,
  'a screen blend over white': `<p style="mix-blend-mode:screen">${SECRET}</p>`,
  'a blend that darkens white letters': `<div style="background:#000;isolation:isolate"><p style="mix-blend-mode:multiply;color:#fff;margin:0">${SECRET}</p></div>`,
  'lines of no height, cut off': `<p style="line-height:0;overflow:hidden">${SECRET}</p>`,
  'letters upon one another': `<p style="letter-spacing:-1em">${SECRET}</p>`,
  'letters far apart, cut off': `<p style="letter-spacing:3000px;overflow:hidden;width:200px;text-indent:300px;white-space:nowrap">${SECRET}</p>`,
  'word spacing that moves it out': `<p style="overflow:hidden;width:200px;white-space:nowrap;word-spacing:900px">A ${SECRET}</p>`,
  'an indent': `<p style="text-indent:-9999px">${SECRET}</p>`,
  'an indent of what is cut off': `<p style="text-indent:100%;white-space:nowrap;overflow:hidden;width:200px">${SECRET}</p>`,
  'columns that are cut off': `<div style="columns:100px;width:110px;height:18px;overflow:hidden;line-height:18px">a b c d e f g h i j k l m n o p q <span style="break-before:column;display:block">${SECRET}</span></div>`,
  'a clamp of lines': `<p style="display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:1;overflow:hidden;width:150px;line-height:18px">Shown in the first line and more ${SECRET}</p>`,
  'overflow clip': `<div style="overflow:clip;height:0"><p>${SECRET}</p></div>`,
  'overflow clip of one axis': `<div style="overflow-y:clip;height:0"><p>${SECRET}</p></div>`,
  'paint containment': `<div style="contain:paint;height:0"><p>${SECRET}</p></div>`,
  'strict containment': `<div style="contain:strict;height:0;width:10px"><p>${SECRET}</p></div>`,
  'a sliver of a polygon': `<p style="clip-path:polygon(0 0,1px 0,0 1px)">${SECRET}</p>`,
  'a sliver across all of it': `<p style="clip-path:polygon(0 0,100% 99%,100% 100%)">${SECRET}</p>`,
  'a polygon without area': `<p style="clip-path:polygon(0 0,100% 0,100% 100%,100% 0)">${SECRET}</p>`,
  'a path': `<p style="clip-path:path('M0 0L1 0L0 1Z')">${SECRET}</p>`,
  'a mask of nothing': `<p style="mask-image:linear-gradient(transparent,transparent)">${SECRET}</p>`,
  'a mask with hardly any alpha': `<p style="mask:linear-gradient(rgb(0 0 0/2%),rgb(0 0 0/2%))">${SECRET}</p>`,
  'a mask of no size': `<p style="mask:linear-gradient(#000,#000) 0 0/0 0 no-repeat">${SECRET}</p>`,
  'a mask of what is around': `<div style="mask-image:linear-gradient(transparent,transparent)"><p>${SECRET}</p></div>`,
  'a blur': `<p style="filter:blur(30px)">${SECRET}</p>`,
  'brightness 0 on black': `<div style="filter:brightness(0);background:#fff"><p style="color:#000">${SECRET}</p></div>`,
  'much brightness': `<div style="filter:brightness(100);background:#fff"><p style="color:#333">${SECRET}</p></div>`,
  'contrast 0': `<div style="filter:contrast(0);background:#fff"><p>${SECRET}</p></div>`,
  'an opacity by animation': `<style>@keyframes gone{to{opacity:0}}</style><p style="animation:gone 1ms forwards">${SECRET}</p>`,
  'a paused animation': `<style>@keyframes dark{from{opacity:0.01}to{opacity:1}}</style><p style="animation:dark 9s paused">${SECRET}</p>`,
  'a popover that is closed': `<div popover>${SECRET}</div>`,
  'a dialog that is closed': `<dialog>${SECRET}</dialog>`,
  'hidden until found within': `<div hidden="until-found"><p>${SECRET}</p></div>`,
  'one of several details': `<details name="g" open><summary>A</summary>x</details><details name="g"><summary>B</summary>${SECRET}</details>`,
  'ruby that is not shown': `<ruby>Han<rp>${SECRET}</rp><rt>han</rt></ruby>`,
  'svg text without fill': `<svg width="200" height="30"><text x="5" y="20" fill="none">${SECRET}</text></svg>`,
  'svg text of no alpha': `<svg width="200" height="30"><text x="5" y="20" fill-opacity="0">${SECRET}</text></svg>`,
  'svg text of the ground': `<svg width="200" height="30"><text x="5" y="20" fill="#fff">${SECRET}</text></svg>`,
  'svg text outside': `<svg width="200" height="30"><text x="5" y="200">${SECRET}</text></svg>`,
  'svg text in defs': `<svg width="200" height="30"><defs><text x="5" y="20">${SECRET}</text></defs><symbol><text y="9">${SECRET}</text></symbol></svg>`,
  'svg text scaled to nothing': `<svg width="200" height="30" viewBox="0 0 90000 9000"><text x="5" y="2000" font-size="16">${SECRET}</text></svg>`,
  'a foreign object of no size': `<svg width="200" height="30"><foreignObject width="0" height="0"><p>${SECRET}</p></foreignObject></svg>`,
  'an object': `<object data="${DOT}" width="20" height="20">${SECRET}</object>`,
  'an annotation of a formula': `<math><semantics><mi>x</mi><annotation>${SECRET}</annotation><annotation-xml>${SECRET}</annotation-xml></semantics></math>`,
  'a phantom of a formula': `<math><mphantom><mtext>${SECRET}</mtext></mphantom></math>`,
  'a track': `<video controls width="100" height="50"><track label="${SECRET}"></video>`,
  'a title in the body': `<title>${SECRET}</title>`,
  'a roledescription': `<div role="slider" aria-roledescription="${SECRET}" aria-valuetext="${SECRET}" tabindex="0" style="width:50px;height:9px;background:red"></div>`,
  'an aria-placeholder': `<div role="textbox" contenteditable aria-placeholder="${SECRET}" style="height:20px">x</div>`,
  'an abbreviation': `<abbr title="${LONG}">HTML</abbr>`,
  'a summary of a table': `<table summary="${SECRET}"><tr><td abbr="${SECRET}">x</td></tr></table>`,
  'data attributes': `<p data-text="${SECRET}" data-prompt="${SECRET}">x</p>`,
  'an alt that is a sentence': `<img alt="${LONG} the account now" src="${DOT}" width="40" height="40">`,
  'a broken aria-describedby': `<p id="dd" hidden>${SECRET}</p><input aria-describedby="dd" aria-label="Name">`,
  'an error message nobody sees': `<p id="ee" style="opacity:0">${SECRET}</p><input aria-invalid="true" aria-errormessage="ee" aria-label="Name">`,
  'the label of a hidden group of options': `<select><option>A</option><optgroup label="${SECRET}" hidden><option>${SECRET}</option></optgroup></select>`,
  'options within a hidden group': `<select><option>A</option><optgroup label="B" style="display:none"><option>${SECRET}</option></optgroup></select>`,
  'options in the colour of their ground': `<select><option>A</option><option style="color:#fff;background:#fff">${SECRET}</option></select>`,
  'the value of an option': `<select><option value="${SECRET}">A</option></select>`,
  'text hidden for the eye, within a control that has text': `<button>Save <span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">${SECRET}</span></button>`,
  'a sentence for screen readers in a picture button': `<button><svg width="20" height="20"></svg><span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">${LONG} account now please</span></button>`,
  'text for screen readers outside of controls': `<p>x<span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">${SECRET}</span></p>`,
  'a displayed none text in a picture button': `<button><svg width="20" height="20"></svg><span hidden>${SECRET}</span></button>`,
  'a first line of no size': `<style>.fl::first-line{font-size:1px;color:#fff}</style><p class="fl">${SECRET}</p>`,
  'a first letter style does not matter, the rest is transparent': `<style>.f1{color:transparent}.f1::first-letter{color:#000}</style><p class="f1">${SECRET}</p>`,
  'a text fill of its ground': `<p style="color:#000;-webkit-text-fill-color:#fff">${SECRET}</p>`,
  'text that is a disc': `<input type="text" value="${SECRET}" style="-webkit-text-security:disc">`,
  'paragraphs of discs': `<p style="-webkit-text-security:disc">${SECRET}</p>`,
  'a before element above': `<style>.cov{position:relative}.cov::after{content:"";position:absolute;inset:0;background:#fff}</style><p class="cov">${SECRET}</p>`,
  'an inset shadow above': `<div style="position:relative"><p style="margin:0">${SECRET}</p><div style="position:absolute;inset:0;box-shadow:inset 0 0 0 99px #fff"></div></div>`,
  'a big shadow above': `<p style="margin:40px 0 0">${SECRET}</p><div style="position:relative;width:200px;height:2px;box-shadow:0 0 0 25px #fff"></div>`,
  'a thick border above': `<div style="position:relative;height:30px"><p style="margin:0">${SECRET}</p><div style="position:absolute;inset:0;height:0;width:0;border:100px solid #fff"></div></div>`,
  'a backdrop filter above': `<div style="position:relative"><p style="margin:0">${SECRET}</p><div style="position:absolute;inset:0;backdrop-filter:blur(40px)"></div></div>`,
}

/** Ways of styling that leave a text to be seen. */
const SHOWN: Record<string, string> = {
  'a name in a picture button for screen readers': `<button><svg width="20" height="20"></svg><span style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)">${SECRET}</span></button>`,
  'a name in a picture link for screen readers': `<a href="#x"><img alt="" src="${DOT}" width="20" height="20"><span style="position:absolute;left:-9999px">${SECRET}</span></a>`,
  'a name beside a sign': `<button aria-label="${SECRET}">×</button>`,
  'some blur': `<p style="filter:blur(0.4px)">${SECRET}</p>`,
  'a shadow filter': `<p style="filter:drop-shadow(0 0 2px #000)">${SECRET}</p>`,
  'less brightness': `<p style="filter:brightness(0.9) contrast(1.1)">${SECRET}</p>`,
  'inverted white on black': `<div style="filter:invert(1);background:#000"><p style="color:#fff">${SECRET}</p></div>`,
  'a grey picture': `<p style="filter:grayscale(1)">${SECRET}</p>`,
  'a mask that fades the end': `<div style="mask-image:linear-gradient(#000 60%,transparent)"><p>${SECRET}</p><br><br><br></div>`,
  'a mask of a picture': `<p style="mask-image:url(${DOT})">${SECRET}</p>`,
  'a polygon that leaves it': `<p style="clip-path:polygon(0 0,100% 0,100% 100%,0 100%)">${SECRET}</p>`,
  'a polygon with a slanted end': `<div style="clip-path:polygon(0 0,100% 0,100% 80%,0 100%);padding-bottom:60px;background:#eee"><p>${SECRET}</p></div>`,
  'a scale': `<p style="scale:0.9">${SECRET}</p>`,
  'small letters scaled up': `<p style="font-size:8px;scale:2;transform-origin:0 0">${SECRET}</p>`,
  zoom: `<p style="zoom:1.5">${SECRET}</p>`,
  'a turn': `<p style="rotate:-4deg">${SECRET}</p>`,
  'a turn in depth': `<p style="transform:perspective(500px) rotateY(30deg);width:300px">${SECRET}</p>`,
  'a front whose back is not shown': `<div style="transform-style:preserve-3d"><p style="backface-visibility:hidden">${SECRET}</p></div>`,
  'a card that was turned to its other side': `<div style="transform-style:preserve-3d;transform:rotateY(180deg);height:40px"><p style="transform:rotateY(180deg);backface-visibility:hidden">${SECRET}</p></div>`,
  'a blend': `<p style="mix-blend-mode:multiply">${SECRET}</p>`,
  'a difference over white': `<div style="background:#fff;isolation:isolate"><p style="mix-blend-mode:difference;color:#fff">${SECRET}</p></div>`,
  'a colour of another space': `<p style="color:oklch(0.3 0.1 20)">${SECRET}</p>`,
  'a mixed colour': `<p style="color:color-mix(in oklab, #000 70%, white)">${SECRET}</p>`,
  'tight letters': `<p style="letter-spacing:-0.05em;word-spacing:-0.1em">${SECRET}</p>`,
  'a low line': `<p style="line-height:0.8">${SECRET}</p>`,
  'lines of no height that nothing cuts': `<br><p style="line-height:0">${SECRET}</p><br>`,
  columns: `<div style="columns:2;width:600px"><p>a</p><p>${SECRET}</p></div>`,
  'an ellipsis that is not needed': `<p style="text-overflow:ellipsis;overflow:hidden;white-space:nowrap">${SECRET}</p>`,
  'a clamp that is not needed': `<p style="display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden">${SECRET}</p>`,
  'an animation that has ended': `<style>@keyframes in{from{opacity:0}}</style><p style="animation:in 1ms forwards">${SECRET}</p>`,
  ruby: `<ruby>Han<rp>(</rp><rt>${SECRET}</rt></ruby>`,
  'a formula': `<math><mtext>${SECRET}</mtext></math>`,
  'a fallback of an object that is not there': `<p>${SECRET}</p><object></object>`,
  'svg text in a scaled picture': `<svg width="300" height="60" viewBox="0 0 150 30"><g transform="translate(5 5)"><text y="12" font-size="12">${SECRET}</text></g></svg>`,
  'svg text with nothing but a stroke': `<svg width="300" height="40"><text x="5" y="30" font-size="30" fill="none" stroke="#000">${SECRET}</text></svg>`,
  'svg text upon a dark shape': `<svg width="300" height="40"><rect width="300" height="40" fill="#000"/><text x="5" y="30" fill="#fff">${SECRET}</text></svg>`,
  'a foreign object': `<svg width="300" height="60"><foreignObject width="300" height="60"><p>${SECRET}</p></foreignObject></svg>`,
  'white letters with a dark shadow': `<p style="color:#fff;text-shadow:0 0 2px #000">${SECRET}</p>`,
  'an option': `<select><option>A</option><option>${SECRET}</option></select>`,
  'a group of options': `<select><optgroup label="${SECRET}"><option>A</option></optgroup></select>`,
  'the label of an option': `<select><option label="${SECRET}" value="1"></option></select>`,
  'a caption': `<table><caption>${SECRET}</caption><tr><td>x</td></tr></table>`,
  'a legend': `<fieldset><legend>${SECRET}</legend><input></fieldset>`,
  'a sticky header above': `<div style="height:100px;overflow:auto"><div style="position:sticky;top:0;background:#fff">Head</div><p>${SECRET}</p><div style="height:500px"></div></div>`,
  'a shadow around': `<p style="box-shadow:0 2px 8px rgb(0 0 0/20%)">${SECRET}</p>`,
  'an overlay that darkens a picture': `<div style="position:relative;background:#333"><p style="color:#fff;margin:0">${SECRET}</p><div style="position:absolute;inset:0;background:rgb(0 0 0/30%)"></div></div>`,
  'a before element behind': `<style>.beh{position:relative;z-index:0}.beh::before{content:"";position:absolute;inset:0;background:#eee;z-index:-1}</style><p class="beh">${SECRET}</p>`,
  'white upon a before element': `<style>.dk{position:relative;z-index:0}.dk::before{content:"";position:absolute;inset:0;background:#000;z-index:-1}</style><p class="dk" style="color:#fff">${SECRET}</p>`,
  'a ripple after element without a colour': `<style>.rip{position:relative}.rip::after{content:"";position:absolute;inset:0;background:transparent}</style><p class="rip">${SECRET}</p>`,
  'a skeleton that has gone': `<style>.sk{position:relative}.sk::after{content:"";position:absolute;inset:0;background:#eee;opacity:0}</style><p class="sk">${SECRET}</p>`,
}

/** Animations of a millisecond have ended. */
async function painted(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
  const running = document.getAnimations().filter(({ playState }) => playState === 'running')
  await Promise.allSettled(running.map(({ finished }) => finished))
}

for (const [how, html] of Object.entries(HIDDEN))
  test(`hidden by ${how}: not seen`, async () => {
    const { look } = sandbox(`<h1>Top</h1>${html}`)
    await painted()
    const view = await look()
    expect(view).toContain('"Top"')
    expect(view).not.toContain(SECRET.slice(0, 6))
  })

for (const [how, html] of Object.entries(SHOWN))
  test(`${how}: seen`, async () => {
    const { look } = sandbox(`<h1>Top</h1>${html}`)
    await painted()
    expect(await look()).toContain(SECRET)
  })
