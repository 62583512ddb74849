import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVault, type VaultEntry, type VaultField } from '../../src/security/vault.ts'

const bank: VaultEntry = { value: 'hunter2!', origin: 'https://bank.example', field: 'current-password' }
const pin: VaultEntry = { value: async () => '4829', origin: 'https://bank.example', field: '#pin' }
const vault = createVault({ bank, pin })

const field = (facts: Partial<VaultField> = {}): VaultField => ({
  origin: 'https://bank.example',
  autocomplete: 'section-a current-password webauthn',
  matches: () => false,
  ...facts,
})

test('a reference is the whole text', () => {
  expect(vault.read('{{secret:bank}}')).toEqual({ ok: true, name: 'bank' })
  expect(vault.read(' {{secret: pin }}\n')).toEqual({ ok: true, name: 'pin' })
  expect(vault.read('red shoes')).toBeNull()
  expect(vault.read('{{name}}')).toBeNull()
})

test.each([
  'my {{secret:bank}}',
  '{{secret:bank}}{{secret:pin}}',
  '{{secret:bank',
  '{{secret:}}',
  '{{secret:a b}}',
  '{{secret:{{secret:bank}}}}',
  'x{{secret:bank}}',
])('%j is no reference, and is not typed either', (text) => {
  expect(vault.read(text)).toMatchObject({ ok: false })
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'hunter2'])('there is no secret %s', async (name) => {
  const read = vault.read(`{{secret:${name}}}`)
  expect(read).toEqual({ ok: false, problem: 'The vault has no such secret. It has: bank, pin.' })
  expect(vault.refuses(name, field())).toContain('no such secret')
  expect(await vault.open(name, field())).toMatchObject({ ok: false })
})

test('a secret goes to its origin and its field only', async () => {
  expect(await vault.open('bank', field())).toEqual({ ok: true, value: 'hunter2!' })
  expect(await vault.open('pin', field({ matches: (selector) => selector === '#pin' }))).toEqual({ ok: true, value: '4829' })
  const others = [
    field({ origin: 'https://evil.example' }),
    field({ origin: 'https://bank.example.evil.example' }),
    field({ origin: 'null' }),
    field({ autocomplete: 'new-password' }),
    field({ autocomplete: null, matches: () => true }),
  ]
  for (const other of others) {
    expect(vault.refuses('bank', other)).toBeTypeOf('string')
    expect(await vault.open('bank', other)).toMatchObject({ ok: false })
  }
})

test('a selector that the field cannot read is no match', () => {
  const throwing = field({
    matches: () => {
      throw new SyntaxError('no selector')
    },
  })
  expect(vault.refuses('pin', throwing)).toContain('another field')
})

test('a secret is fetched only when it is opened, and each time anew', async () => {
  let fetched = 0
  const counting = createVault({ key: { ...bank, value: () => `key ${++fetched}` } })
  counting.read('{{secret:key}}')
  counting.refuses('key', field())
  await counting.open('key', field({ autocomplete: '' }))
  expect(fetched).toBe(0)
  expect(await counting.open('key', field())).toEqual({ ok: true, value: 'key 1' })
  expect(await counting.open('key', field())).toEqual({ ok: true, value: 'key 2' })
})

test('what goes wrong in fetching is said without a word of it', async () => {
  const failing = async (value: () => Promise<string>): Promise<unknown> => createVault({ key: { ...bank, value } }).open('key', field())
  expect(await failing(() => Promise.reject(new Error('hunter2! is locked')))).toEqual({
    ok: false,
    problem: 'The vault could not get the secret key.',
  })
  expect(await failing(() => Promise.resolve(''))).toEqual({ ok: false, problem: 'The vault has nothing for the secret key.' })
  expect(await failing(() => Promise.resolve(7 as unknown as string))).toMatchObject({ ok: false })
})

test('no text reads as a reference to what the vault does not have', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((name) => `{{secret:${name}}}`),
      ),
      (text) => {
        const read = vault.read(text)
        if (read?.ok) expect(['bank', 'pin']).toContain(read.name)
      },
    ),
  )
})

test.each([
  ['a name with blanks', { 'my bank': bank }],
  ['a name that closes the reference', { 'a}}': bank }],
  ['no origin', { a: { ...bank, origin: '*' } }],
  ['no field', { a: { ...bank, field: ' ' } }],
  ['no value', { a: { ...bank, value: '' } }],
  ['no object', { a: 'hunter2!' as unknown as VaultEntry }],
])('refuses an entry with %s, without its secret in the message', (_, entries) => {
  expect(() => createVault(entries as Record<string, VaultEntry>)).toThrow(expect.objectContaining({ code: 'invalid-options' }) as Error)
  expect(() => createVault(entries as Record<string, VaultEntry>)).not.toThrow(/hunter2/)
})
