import { expect, test } from 'vitest'
import { TASKS } from '../fixtures/apps/tasks.ts'
import { actionOf, readCommand, refOf } from './apps-commands.ts'

const SNAPSHOT = `Page: "Shop"
Changed:
new: [e9] button "Add to cart"
## main
- [e1] link "File box" "Cardboard" "€15.00" [e2] button "Add to cart"
- [e3] link "Cable tray" [e4] button "Add to cart"
[e5] combobox "Sort by" = "Featured" (options: "Featured", "Price (lowest)")
[e6] clickable "Password" (empty)
[e7] button "Pay €49.00" (disabled)`

test('finds an element by role and name, and by the text before it', () => {
  expect(refOf(SNAPSHOT, 'button', 'Add to cart')).toBe('e2')
  expect(refOf(SNAPSHOT, 'button', 'Add to cart', 'Cable tray')).toBe('e4')
  expect(refOf(SNAPSHOT, 'button', 'Add to cart', 'File box')).toBe('e2')
  expect(refOf(SNAPSHOT, 'button', 'Pay €49.00')).toBe('e7')
  expect(refOf(SNAPSHOT, 'link', 'Add to cart')).toBeNull()
  expect(refOf(SNAPSHOT, 'button', 'Add to cart', 'No such text')).toBeNull()
})

test('turns commands into actions', () => {
  expect(actionOf('select combobox "Sort by" "Featured"', SNAPSHOT)).toBe('select({"ref":"e5","option":"Featured"})')
  expect(actionOf('type field "Password" "{{secret:password}}"', SNAPSHOT)).toBe('type({"ref":"e6","text":"{{secret:password}}"})')
  expect(actionOf('done "It is done."', SNAPSHOT)).toBe('done({"answer":"It is done."})')
  expect(actionOf('click button "Delete account"', SNAPSHOT)).toBeNull()
})

test('every line of every solution is a command, and the last one says that it is done', () => {
  for (const { solution } of TASKS) expect(solution.map((line) => readCommand(line).verb).lastIndexOf('done')).toBe(solution.length - 1)
  expect(() => readCommand('click the button')).toThrow('Not a command')
})
