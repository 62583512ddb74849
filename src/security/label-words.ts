/**
 * What labels say of what cannot be undone and of paying, in many languages. One line a language and kind; entries are separated by
 * commas. `word*` stands for every word that begins so; `a+b` for both in one label, in any order; `=a` for a label of nothing else.
 * Words of Chinese, Japanese, Korean and Arabic match anywhere, since nothing separates words there, or particles cling to them.
 */

export const DESTRUCTIVE: readonly string[] = [
  // English
  `delete, deletes, deleting, deletion, remove, removes, removing, erase*, destroy*, wipe, purge, discard, trash, uninstall, unsubscribe, deactivate, revoke, terminate,
   void, cancel+subscription, cancel+membership, cancel+account, cancel+order, cancel+booking, cancel+reservation, cancel+plan, cancel+contract,
   cancel+appointment, cancel+payment, cancel+service, cancel+policy, close+account, disable+account, end+subscription, end+membership, end+contract,
   clear+data, clear+history, clear+everything, clear+all data, reset+everything, factory reset, reset+settings, reset+account, leave+group, leave+team,
   ban+user, block+user, drop+table, drop+database, empty+trash, empty+bin, overwrite, rm rf, permanently`,
  // German
  `loschen, losche, loscht, loschung, entfernen, entferne, verwerfen, vernichten, kundig*, stornier*, deinstallier*, deaktivier*, abbestell*, widerruf*, zurucksetzen,
   konto+schliessen, konto+schliesen, abo+beend*, papierkorb+leeren, endgultig, austreten`,
  // French
  `supprim*, effac*, retirer, enlever, detruire, resili*, desabonn*, desactiver, desinstaller, revoquer, annuler+abonnement, annuler+commande,
   annuler+reservation, annuler+compte, annuler+adhesion, fermer+compte, cloturer+compte, vider+corbeille, definitivement, reinitialiser`,
  // Spanish
  `eliminar, elimina, borrar, borra, suprimir, quitar, destruir, desinstalar, desactivar, revocar, descartar, cancelar+suscripcion, cancelar+pedido,
   cancelar+cuenta, cancelar+reserva, cancelar+membresia, cancelar+plan, anular+pedido, anular+suscripcion, cerrar+cuenta, darse de baja, dar de baja,
   vaciar+papelera, definitivamente, restablecer`,
  // Italian
  `eliminare, elimina, eliminazione, cancellare, cancella, rimuovere, rimuovi, distruggere, disinstalla*, disattiva*, revoca, disdire, disdici, disdetta,
   annulla+abbonamento, annulla+ordine, annulla+prenotazione, annullare+ordine, annullare+abbonamento, chiudi+account, chiudere+conto, svuota+cestino,
   recedere, ripristina`,
  // Portuguese
  `excluir, exclua, apagar, apague, remover, remova, destruir, desinstalar, desativar, desactivar, revogar, descartar, cancelar+assinatura,
   cancelar+conta, cancelar+compra, encerrar+conta, fechar+conta, esvaziar+lixeira, redefinir`,
  // Dutch
  `verwijder*, wissen, wis, vernietig*, opzeggen, deactiveren, intrekken, weggooien, verwerpen, annuleer+abonnement, annuleer+bestelling,
   annuleren+abonnement, annuleren+bestelling, annuleer+reservering, account+sluiten, sluit+account, prullenbak+legen, uitschrijven, definitief`,
  // Polish
  `usun, usuwa*, usuniec*, skasuj, kasuj, wymaz, zniszcz, odinstaluj, dezaktywuj, wypowiedz, anuluj+subskrypcje, anuluj+zamowienie,
   anuluj+rezerwacje, zrezygnuj, zamknij+konto, oproznij+kosz, odrzuc, wyczysc+dane, trwale`,
  // Russian
  `удалить, удали, удалите, удаление, удаления, удалять, стереть, сотри, уничтож*, очистить, сбросить, деактивир*, отозвать, отписаться, отменить+подписк*, отменить+заказ, отменить+бронировани*,
   закрыть+счет, закрыть+аккаунт, расторг*, навсегда, безвозвратно`,
  // Turkish
  `sil, silin, silme, silmek, kaldir, kaldirma, yok et, imha et, temizle+veri*, iptal+aboneli*, iptal+siparis*, iptal+rezervasyon*, iptal+uyeli*,
   hesab*+kapat*, devre disi, geri al, cop kutusu+bosalt, kalici olarak`,
  // Chinese, Japanese, Korean, Arabic
  `删除, 刪除, 移除, 清除, 清空, 抹掉, 销毁, 銷毀, 注销, 註銷, 卸载, 解除安裝, 退订, 取消订阅, 取消訂閱, 取消订单, 取消訂單, 取消预订, 关闭账户, 解约, 永久`,
  `削除, 消去, 破棄, 解約, 退会, 取り消, 初期化, ゴミ箱を空, アンインストール, 注文をキャンセル, 予約をキャンセル, 解除する, 完全に消`,
  `삭제, 제거, 지우기, 영구, 탈퇴, 해지, 파기, 초기화, 비우기, 구독 취소, 주문 취소, 예약 취소, 구독을 취소, 주문을 취소`,
  `حذف, احذف, ازالة, إزالة, مسح, امسح, الغاء الاشتراك, إلغاء الاشتراك, إلغاء الطلب, إلغاء الحجز, اغلاق الحساب, إغلاق الحساب, نهائيا, تدمير`,
]

export const PAYING: readonly string[] = [
  // English
  `pay, paying, buy, buying, purchase, donate, donating, transfer, send+money, send+payment, make+payment, submit+payment, confirm+payment,
   place+order, order now, order and pay, submit order, confirm+order, complete+order, complete+purchase, =order, =checkout, =check out, =tip,
   =send tip, top up, withdraw, withdrawal, place+bid, bid now, invest, wire+funds, wire+money, send+funds, remit, reload+balance, subscribe and pay,
   start+paid, upgrade now, book and pay, rent now, pledge`,
  // German
  `bezahle*, zahlen, zahle, kaufen, kauf, =kauf abschliessen, kauf*+abschl*, =bestellen, zahlungspflichtig*, jetzt bestellen, bestellung+aufgeben,
   bestellung+absenden, kostenpflichtig*, spenden, spende, uberweis*, geld+senden, aufladen, auszahlen`,
  // French
  `payer, payez, paye, regler, acheter, achetez, commander, commandez, passer+commande, valider+commande, confirmer+commande, confirmer+paiement,
   valider+paiement, faire un don, =donner, virement, virer, transferer, envoyer+argent, recharger`,
  // Spanish
  `pagar, paga, pague, comprar, compra, compre, donar, dona, transferir, transfiere, realizar+pedido, hacer+pedido, confirmar+pedido,
   finalizar+compra, tramitar+pedido, enviar+dinero, =pedir, ordenar ahora, recargar`,
  // Italian
  `pagare, paga, acquistare, acquista, comprare, ordina, ordinare, donare, trasferire, trasferisci, bonifico, invia+denaro, invia+ordine, conferma+ordine,
   conferma+pagamento, completa+acquisto, ricarica`,
  // Portuguese
  `pague, compre, doar, doe, transfira, encomendar, finalizar+pedido, fazer+pedido, fechar+pedido, concluir+compra, enviar+pix, recarregar`,
  // Dutch
  `betalen, betaal, afrekenen, kopen, koop, =bestel, bestellen, nu bestellen, bestelling+plaatsen, plaats+bestelling, doneren, doneer, overmaken, overboeken,
   geld+sturen, opwaarderen`,
  // Polish
  `zaplac, =place, place teraz, oplac, kup, kupuje, kupuj, kupic, zamawiam, zamow, zamow*+platn*, zloz+zamowienie, przelej, przelew, wplac, wesprzyj, przekaz+darowizn*,
   wyslij+pieniadze, doladuj`,
  // Russian
  `оплатить, оплачиваю, заплатить, плачу, купить, куплю, заказать, оформить+заказ, подтвердить+заказ, пожертвовать, перевести+деньги, перевод+денег,
   перевести+средства, перечислить, пополнить, внести+платеж`,
  // Turkish
  `ode, odeme yap, odemeyi tamamla, satin al, siparis ver, siparisi tamamla, siparisi onayla, bagis yap, havale, eft, para+gonder*, transfer et,
   para+yukle*, bakiye+yukle*`,
  // Chinese, Japanese, Korean, Arabic
  `支付, 付款, 购买, 購買, 下单, 下單, 提交订单, 提交訂單, 确认订单, 捐款, 捐赠, 捐贈, 转账, 轉帳, 转帐, 结账, 結帳, 充值, 打赏, 汇款, 匯款`,
  `支払う, 支払い, 購入, 買う, 注文する, 注文を確定, 注文を送信, 寄付, 送金, 振込, 振り込, 決済, チャージする`,
  `결제, 구매, 구입, 주문하기, 지불, 기부, 후원하기, 송금, 이체, 충전하기`,
  `ادفع, دفع, شراء, اشتري, اشتر الآن, اشتر الان, تبرع, تحويل الاموال, تحويل الأموال, حوالة, ارسال الطلب, إرسال الطلب, تاكيد الطلب, تأكيد الطلب, اطلب الآن, شحن الرصيد`,
]

/** Names of things that only speak of it. They are taken out before a label is read. */
export const HARMLESS: readonly string[] = [
  `支付方式, 支付宝, 支付設定, 付款方式, 购买记录, 购买历史, 購買紀錄`,
  `支払い方法, お支払い方法, 支払い履歴, 購入履歴, 購入者, 注文履歴, 決済方法, 決済手段`,
  `결제 수단, 결제수단, 결제 방법, 결제 내역, 결제내역, 구매 내역, 구매내역, 구매자`,
  `طريقة الدفع, طرق الدفع, وسيلة الدفع, سجل المشتريات`,
]
