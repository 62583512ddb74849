import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldText, foldWords } from '../../src/security/fold.ts'
import { labelHint } from '../../src/security/label-hints.ts'

const LABELS: Readonly<Record<string, { destructive: readonly string[]; pay: readonly string[] }>> = {
  English: {
    destructive: [
      'Delete account',
      'Remove',
      'Erase all data',
      'Cancel my subscription',
      'Permanently close',
      'Close my account',
      'Unsubscribe',
      'Factory reset',
    ],
    pay: [
      'Pay now',
      'Pay $5',
      'Buy',
      'Place your order',
      'Order',
      'Order now',
      'Donate',
      'Transfer funds',
      'Send money',
      'Complete purchase',
    ],
  },
  German: {
    destructive: ['Konto löschen', 'Entfernen', 'Vertrag kündigen', 'Bestellung stornieren'],
    pay: ['Jetzt kaufen', 'Zahlungspflichtig bestellen', 'Bezahlen', 'Überweisen'],
  },
  French: {
    destructive: ['Supprimer le compte', 'Effacer', 'Résilier', 'Annuler mon abonnement'],
    pay: ['Payer', 'Acheter', 'Passer la commande', 'Faire un don'],
  },
  Spanish: {
    destructive: ['Eliminar cuenta', 'Borrar', 'Darse de baja', 'Cancelar suscripción'],
    pay: ['Pagar ahora', 'Comprar', 'Realizar pedido', 'Donar'],
  },
  Italian: {
    destructive: ['Elimina account', 'Rimuovi', 'Disdici', 'Cancella tutto'],
    pay: ['Paga ora', 'Acquista', 'Conferma ordine', 'Effettua bonifico'],
  },
  Portuguese: {
    destructive: ['Excluir conta', 'Apagar', 'Remover', 'Cancelar assinatura'],
    pay: ['Pagar', 'Comprar', 'Finalizar compra', 'Doar'],
  },
  Dutch: { destructive: ['Account verwijderen', 'Wissen', 'Opzeggen'], pay: ['Betalen', 'Kopen', 'Bestelling plaatsen', 'Doneer'] },
  Polish: { destructive: ['Usuń konto', 'Skasuj', 'Anuluj subskrypcję'], pay: ['Zapłać', 'Kup teraz', 'Złóż zamówienie', 'Płacę'] },
  Russian: {
    destructive: ['Удалить аккаунт', 'УДАЛИТЬ', 'Стереть', 'Отменить подписку'],
    pay: ['Оплатить', 'Купить', 'Оформить заказ', 'Перевести деньги'],
  },
  Turkish: { destructive: ['Hesabı sil', 'SİL', 'Kaldır', 'Aboneliği iptal et'], pay: ['Öde', 'Satın al', 'Sipariş ver', 'Bağış yap'] },
  Chinese: { destructive: ['删除账户', '刪除', '清空购物车', '取消订阅'], pay: ['立即支付', '购买', '提交订单', '转账'] },
  Japanese: { destructive: ['アカウントを削除', '退会する', '定期購読を解約'], pay: ['購入する', '注文を確定する', '送金', '支払う'] },
  Korean: { destructive: ['계정 삭제', '회원 탈퇴', '구독 취소'], pay: ['결제하기', '구매하기', '송금', '주문하기'] },
  Arabic: { destructive: ['حذف الحساب', 'احذف', 'إلغاء الاشتراك'], pay: ['ادفع الآن', 'شراء', 'تبرع'] },
}

const EXPECTED = Object.entries(LABELS).flatMap(([language, { destructive, pay }]) => [
  ...destructive.map((label) => [language, label, 'destructive'] as const),
  ...pay.map((label) => [language, label, 'pay'] as const),
])

test.each(EXPECTED)('%s: %j speaks of it (%s)', (_, label, hint) => {
  expect(labelHint([label])).toBe(hint)
})

test.each([
  'delеte',
  'ԁеlеtе',
  'DЕLЕTЕ',
  'dεlεtε',
  'de\u00adlete',
  'd\u200be\u200cl\u2060ete',
  'd\u0307e\u0323lete',
  'ＤＥＬＥＴＥ',
  '𝐃𝐞𝐥𝐞𝐭𝐞',
  'ⓓⓔⓛⓔⓣⓔ',
  'ᴅᴇʟᴇᴛᴇ',
  'D e l e t e',
  'd-e-l-e-t-e',
  'D.E.L.E.T.E. account',
  '🗑️Delete!',
  '«delete»',
  '삭 제',
  '삭\u200b제',
  '删 除',
  'Please…delete…it',
])('%j is read as it looks', (label) => {
  expect(labelHint([label])).toBe('destructive')
})

test.each([
  'Save changes',
  'Cancel',
  'Close',
  'Search',
  'Next',
  'Continue',
  'Sign in',
  'Add to cart',
  'Apply filters',
  'Details',
  'Show more',
  'Undo',
  'Payment methods',
  'Payload',
  'Repay',
  'Buyer',
  'Order history',
  'My orders',
  'Order details',
  'In the first place',
  'Avoid',
  'Compare',
  'Tips',
  'Removal company',
  'Deleted items',
  'Undeletable',
  'Kaufland',
  'Entfernung',
  'Abbrechen',
  'Speichern',
  'Weiter',
  'Zahlungsarten',
  'Annuler',
  'Suivant',
  'Enregistrer',
  'Cancelar',
  'Guardar',
  'Siguiente',
  'Annulla',
  'Salva',
  'Opslaan',
  'Annuleren',
  'Zapisz',
  'Anuluj',
  'Сохранить',
  'Отмена',
  'İptal',
  'Kaydet',
  'удалённая работа',
  '取消',
  '保存',
  '支付方式',
  '购买记录',
  'キャンセル',
  '次へ',
  '注文履歴',
  '支払い方法',
  '취소',
  '저장',
  '구매 내역',
  '문제 거래',
  'إلغاء',
  'حفظ',
  'طرق الدفع',
  '',
])('%j hints at nothing', (label) => {
  expect(labelHint([label])).toBeNull()
})

test('paying is the graver of two hints, and no further label takes a hint away', () => {
  expect(labelHint(['Delete', 'Pay now'])).toBe('pay')
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.constantFrom(...EXPECTED), (others, [, label, hint]) => {
      expect([hint, 'pay']).toContain(labelHint([...others, label]))
    }),
  )
})

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(foldText(foldText(text))).toBe(foldText(text))
      for (const word of foldWords(text)) expect(word).toMatch(/^[\p{L}\p{N}]+$/u)
    }),
    { numRuns: 2000 },
  )
})

test('a label as long as a book is read, and its last word counts', () => {
  for (const filler of ['a', 'a ', 'x y z ', '\u200b', '删', 'É', 'pa ', '1'])
    expect(labelHint([`${filler.repeat(Math.ceil(200_000 / filler.length))} please delete`])).toBe('destructive')
})
