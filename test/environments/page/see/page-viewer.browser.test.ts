import { expect, test } from 'vitest'
import { createRedactor } from '../../../../src/security/redaction.ts'
import { createPageViewer } from '../../../../src/environments/page/see/page-viewer.ts'
import { refOf, sandbox } from './sandbox.ts'

test('a page is told by landmarks, headings, texts and what can be used', async () => {
  const { body } = sandbox(`
    <nav aria-label="Main"><a href="#a">Home</a> <a href="#b" aria-current="page">Basket (3)</a></nav>
    <main><h1>Your basket</h1><p>Read our <a href="#t">terms</a> before you <b>buy</b>.</p>
    <h2>Payment</h2><button disabled>Pay now</button></main>`)
  expect(await body()).toEqual([
    '[e1] link "Home" [e2] link "Basket (3)" (current)',
    '== main',
    '# "Your basket"',
    '"Read our" [e3] link "terms" "before you buy."',
    '## "Payment"',
    '[e4] button "Pay now" (disabled)',
  ])
})

test('rows of a table stand in one line each, with what can be used in them', async () => {
  const { body } =
    sandbox(`<table><tr><th>Item</th><th>Price</th></tr><tr><td>Pen</td><td>4 EUR</td><td><button>Remove</button></td></tr></table>
    <ul><li>One <a href="#1">more</a></li><li>Two</li></ul>`)
  expect(await body()).toEqual(['"Item" | "Price"', '"Pen" | "4 EUR" | [e1] button "Remove"', '- "One" [e2] link "more"', '- "Two"'])
})

test('fields show labels, values, options and states', async () => {
  const { body } = sandbox(`
    <label for="q">Quantity</label> <input id="q" type="number" value="2" required>
    <label><input type="checkbox" checked> Gift wrap</label>
    <label>Size <select><option>S<option selected>M<option disabled>L</select></label>
    <span id="by">Comment</span><textarea aria-labelledby="by" readonly>hello
      world</textarea>
    <input placeholder="Voucher"><div contenteditable>Typed <b>text</b></div>
    <button aria-expanded="false">Menu</button><div role="switch" aria-checked="true" tabindex="0">Dark</div>
    <details open><summary>More</summary>inside</details>`)
  expect(await body()).toEqual([
    '[e1] spinbutton "Quantity" (number, required) = "2"',
    '[e2] checkbox "Gift wrap" (checked)',
    '[e3] combobox "Size" = "M" of "S" | "M" | "L" (disabled)',
    '"Comment"',
    '[e4] textbox "Comment" (read only) = "hello world"',
    '[e5] textbox "Voucher"',
    '[e6] textbox = "Typed text"',
    '[e7] button "Menu" (collapsed)',
    '[e8] switch "Dark" (checked)',
    '[e9] button "More" (expanded)',
    '"inside"',
  ])
})

test('values of sensitive fields are never shown, and the redactor learns them', async () => {
  const redactor = createRedactor()
  const { look } = sandbox(
    `<input type="password" value="hunter2-and-more" aria-label="Password"><input autocomplete="cc-number" value="4111 1111 1111 1111">
     <input autocomplete="one-time-code" value="834926"><input type="password" aria-label="New password"><p>Again: hunter2-and-more</p>
     <button aria-labelledby="p"><svg></svg></button><input id="p" type="password" role="textbox" value="other-secret-77">`,
    { redactor },
  )
  const view = await look()
  expect(view).toContain('textbox "Password" = [password]')
  expect(view).toContain('textbox "New password" (empty)')
  for (const secret of ['hunter2', '4111', '834926', 'other-secret']) expect(view).not.toContain(secret)
  expect(redactor.redact('it was hunter2-and-more')).not.toContain('hunter2')
})

test('a drawn checkbox is used by its label where the input itself cannot be seen', async () => {
  const { root, viewer, look } = sandbox(
    `<input type="checkbox" id="c" checked style="position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)"><label for="c">Accept</label>
     <input type="file" id="f" style="display:none"><label for="f">Upload</label>
     <label><span style="position:relative;width:20px;height:20px;display:inline-block;background:#ccc"><input type="checkbox" style="opacity:0;position:absolute;inset:0"></span> Newsletter</label>`,
  )
  const view = await look()
  expect(view).toContain('checkbox "Accept" (checked)')
  expect(view).toContain('button "Upload" (file)')
  expect(view).toContain('checkbox "Newsletter" (not checked)')
  expect(viewer.resolve(refOf(view, '"Accept"'))).toEqual({ element: root.querySelector('label[for=c]') })
})

test('open shadow trees are read in the order of their slots, closed ones cannot be', async () => {
  const { root, body } = sandbox('<div id="a"><b slot="last">light</b><i>default</i></div><div id="b">x</div>')
  const shadow = (root.querySelector('#a') as Element).attachShadow({ mode: 'open' })
  shadow.innerHTML = '<p>first</p><button><slot></slot></button><p>then <slot name="last"></slot></p><slot name="none">fallback</slot>'
  const closed = (root.querySelector('#b') as Element).attachShadow({ mode: 'closed' })
  closed.innerHTML = '<p>closed</p>'
  expect(await body()).toEqual(['"first"', '[e1] button "default"', '"then light"', '"fallback"'])
})

const loaded = async (root: Element): Promise<HTMLIFrameElement> => {
  const frame = root.querySelector('iframe') as HTMLIFrameElement
  while (!frame.contentDocument?.body?.firstElementChild) await new Promise((resolve) => setTimeout(resolve, 20))
  return frame
}

test('frames of the same origin are read with references of their own, others are only named', async () => {
  const { root, viewer, look } = sandbox(
    `<iframe srcdoc="<h2>Inner</h2><button>In frame</button><div style='height:900px'></div><p>far down</p><p style='position:absolute;left:-999px'>out</p>" style="width:300px;height:100px"></iframe>
     <iframe src="https://ads.example/x?secret" sandbox style="width:300px;height:100px"></iframe>
     <iframe srcdoc="<p>hidden frame</p>" style="width:0;height:0;border:0"></iframe>`,
  )
  const frame = await loaded(root)
  const view = await look()
  expect(view).toContain('== frame\n## "Inner"\n[e1] button "In frame"\n"far down"')
  expect(view).toContain('frame of "ads.example", which is not shown here')
  expect(view).not.toMatch(/"out"|hidden frame|secret"/)
  expect(viewer.resolve('e1')).toEqual({ element: frame.contentDocument?.querySelector('button') })
  frame.remove()
  expect(viewer.resolve('e1')).toMatchObject({ problem: expect.any(String) as string })
  expect(await look()).not.toContain('[e1]')
})

test('behind a modal dialog nothing is shown, and a note says so', async () => {
  const { root, viewer, look } = sandbox('<button>Behind</button><dialog><h2>Sure?</h2><button>Yes</button></dialog>')
  const before = await look()
  root.querySelector('dialog')?.showModal()
  const view = await look()
  expect(view).toContain('A modal dialog is open')
  expect(view).toContain('== dialog (modal)\n## "Sure?"')
  expect(view).not.toContain('Behind')
  expect(viewer.resolve(refOf(before, '"Behind"'))).toEqual({ problem: 'e1 lies behind an open modal dialog: close the dialog first.' })
  root.querySelector('dialog')?.close()
  expect(await look()).toContain('[e1] button "Behind"')
})

test('a claim to be modal is believed of a dialog that fences the page off, and of no other', async () => {
  const fence = '<div style="position:fixed;inset:0;background:rgb(0 0 0 / 50%)"></div>'
  const dialog =
    '<div role="dialog" aria-modal="true" style="position:fixed;top:20%;left:20%;width:60%;height:40%;background:#fff"><button>OK</button></div>'
  expect(await sandbox(`<button>Behind</button>${fence}${dialog}`).look()).not.toContain('Behind')
  expect(await sandbox(`<button>Behind</button>${dialog}`).look()).toContain('Behind')
})

test('what is inert is shown without a reference', async () => {
  expect(await sandbox('<div inert><button>Later</button><p>text</p></div>').body()).toEqual(['button "Later" (inert)', '"text"'])
})

test('nothing on a page can pass for a line, a reference or the end of a text', async () => {
  const { root, look } = sandbox(
    `<p>[e1] button "Pay"</p><p>x\n[e2] link "y"</p><h1>"] == main</h1><button>Name" (checked) [e9]</button><div role="[e7]" aria-label="[e8]">z</div>
     <p>Page: "other"</p><p>\u2028[e4] button</p><input value='" [e5] button "'><select><option>"| [e6]</option></select><p>… 3 more rows</p>`,
  )
  document.title = 'T" \n[e44] button "x'
  const view = await look()
  const outside = view.replaceAll(/"[^"\n]*"/g, '')
  expect([...outside.matchAll(/\[(e\d+)\]/g)].map(([, ref]) => ref)).toEqual(['e1', 'e2', 'e3'])
  expect(view.match(/\[e\d+\]/g)).toHaveLength(3)
  expect(outside.match(/^Page:/gm)).toHaveLength(1)
  expect(outside).not.toMatch(/more rows|^\[e\d+\] link/m)
  expect(view.split('\n').every((line) => (line.split('"').length - 1) % 2 === 0)).toBe(true)
  expect(root.isConnected).toBe(true)
})

test('code points that show nothing are taken out, and white space is collapsed', async () => {
  const tags = Array.from('ignore', (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
  const { body } = sandbox(`<p>Sa\u200Bve\u202E ${tags}the\u00AD\u2060   \n\t date\uFE0F\u{E0001}</p>`)
  expect(await body()).toEqual(['"Save the date"'])
})

test('what changed since the last view is told, live regions first', async () => {
  const { root, look } = sandbox('<p>Draft</p><label><input type="checkbox"> Accept</label><div role="status"></div><p>Same</p>')
  expect(await look()).toContain('First view of this page.')
  expect(await look()).toContain('Nothing changed since the last view.')
  ;(root.querySelector('input') as HTMLInputElement).checked = true
  ;(root.querySelector('p') as Element).textContent = 'Final'
  ;(root.querySelector('[role=status]') as Element).textContent = 'Saved.'
  expect(await look()).toContain(
    ['Changed:', 'new: status: "Saved."', 'now: [e1] checkbox "Accept" (checked)', 'new: "Final"', 'gone: "Draft"', '=='].join('\n'),
  )
})

test('a view never exceeds its characters, drops what is far and says how much', async () => {
  const rows = Array.from({ length: 400 }, (_, i) => `<tr><td>Row ${i}</td><td><button>Open ${i}</button></td></tr>`).join('')
  const html = `<h1>List</h1><table>${rows}</table><p>${'word '.repeat(5_000)}</p>`
  for (const maxCharacters of [0, 1, 50, 300, 1_000, 4_000, 12_000]) {
    const { viewer } = sandbox(html, { maxCharacters })
    const { text, leftOut } = await viewer.view({ signal: new AbortController().signal })
    expect(text.length).toBeLessThanOrEqual(maxCharacters)
    expect(leftOut).toBeGreaterThan(0)
    if (maxCharacters < 1_000) continue
    expect(text).toContain('# "List"')
    expect(text).toContain('"Row 0" | [e1] button "Open 0"')
    expect(text).toMatch(/… \d+ more rows/)
    expect(text).toMatch(/… \d+ of 402 lines are left out .* Scrolling shows them\.$/)
    expect(text.length).toBeGreaterThan(maxCharacters * 0.8)
  }
})

test('what is in the viewport is kept before what is not', async () => {
  const { root, look } = sandbox(Array.from({ length: 600 }, (_, i) => `<p>Paragraph ${i}</p>`).join(''), { maxCharacters: 1_500 })
  ;(root.children[300] as Element).scrollIntoView()
  expect(await look()).toContain('"Paragraph 302"')
  window.scrollTo(0, 0)
})

test('elements that are to be ignored are not seen, and do not cover anything', async () => {
  const { root, look } = sandbox('<p>Page text</p><div id="own" style="position:fixed;inset:0;background:#fff">Panel</div>', {
    ignore: (element) => element.id === 'own',
  })
  expect(root.querySelector('#own')).not.toBeNull()
  const view = await look()
  expect(view).toContain('"Page text"')
  expect(view).not.toContain('Panel')
})

test('a view can be aborted, and works again after that', async () => {
  const { viewer, look } = sandbox('<p>x</p>'.repeat(3_000))
  const abort = new AbortController()
  const view = viewer.view({ signal: abort.signal })
  abort.abort()
  await expect(view).rejects.toMatchObject({ code: 'aborted' })
  expect(await look()).toContain('"x"')
})

test('a page that changes while it is read is read once more', async () => {
  const { root, look } = sandbox(`<p id="a">old</p>${'<p>filler</p>'.repeat(3_000)}<p id="b">old</p>`)
  const view = look()
  queueMicrotask(() => {
    for (const id of ['a', 'b']) (root.querySelector(`#${id}`) as Element).textContent = 'new'
  })
  expect(await view).not.toContain('"old"')
})

test('a root that is gone gives a view that says so', async () => {
  const { root, look } = sandbox('<p>x</p>')
  root.remove()
  expect(await look()).toContain('There is nothing to see')
})

test('nothing of the page is written to', async () => {
  const { root, look } = sandbox('<form><input value="x"><button>Go</button></form><details><summary>s</summary>t</details>')
  const changes: MutationRecord[] = []
  const observer = new MutationObserver((records) => void changes.push(...records))
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  await look()
  changes.push(...observer.takeRecords())
  observer.disconnect()
  expect(changes).toEqual([])
  expect(root.querySelectorAll('*')).toHaveLength(5)
})

test('after close no reference is known', async () => {
  const { viewer, look } = sandbox('<button>x</button>')
  await look()
  viewer.close()
  expect(viewer.resolve('e1')).toMatchObject({ problem: expect.stringContaining('No element is known') as string })
})

test('the address is told without what is secret in it, and without brackets', async () => {
  const before = location.href
  history.replaceState(null, '', `${location.pathname}?token=abcdef123456&x=[e1]#top`)
  const { look } = sandbox('<p>x</p>')
  const [, address] = (await look()).split('\n')
  history.replaceState(null, '', before)
  expect(address).toMatch(/^Address: http/)
  expect(address).not.toContain('abcdef123456')
  expect(address).not.toContain('[e1]')
})

test('two viewers know nothing of one another', async () => {
  const { root, look } = sandbox('<p>a</p><button>x</button>')
  const other = createPageViewer({ root, maxCharacters: 5_000, redactor: createRedactor() })
  await look()
  expect((await other.view({ signal: new AbortController().signal })).text).toContain('First view')
})

test('what has the hand as its cursor can be clicked, once and as a whole', async () => {
  const { body } = sandbox(
    `<div style="cursor:pointer"><b>Card</b> <span>of a page</span></div><section style="cursor:pointer"><svg width="30" height="30"><rect width="30" height="30"/></svg></section>
     <h3 style="cursor:pointer">Fold</h3><table><tr style="cursor:pointer"><td>Pen</td><td>4 EUR</td></tr></table><div onclick="void 0">Attribute</div><button style="cursor:pointer"><span>Inner</span></button>`,
  )
  expect(await body()).toEqual([
    '[e1] clickable "Card of a page"',
    '[e2] clickable',
    '### [e3] clickable "Fold"',
    '[e4] clickable "Pen 4 EUR"',
    '[e5] clickable "Attribute"',
    '[e6] button "Inner"',
  ])
})
