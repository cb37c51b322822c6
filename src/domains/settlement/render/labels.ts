import type { Language } from "../core/party.ts";

/** Words of the acts. Sentences that carry values are functions. */
export type Labels = {
  readonly title: string;
  readonly actNumber: (number: string) => string;
  readonly period: (from: string, to: string) => string;
  readonly preamble: (operator: string, partner: string, pointValue: string) => string;
  /** The operator's own act has no other side. */
  readonly operatorPreamble: (operator: string, pointValue: string) => string;
  readonly operator: string;
  readonly partner: string;
  readonly payable: string;
  readonly receivable: string;
  readonly own: string;
  readonly fees: string;
  readonly totals: string;
  readonly transfers: string;
  readonly balance: string;
  readonly none: string;
  readonly columns: {
    readonly number: string;
    readonly spentAt: string;
    readonly fundedBy: string;
    readonly basis: string;
    readonly points: string;
    readonly amount: string;
    readonly payer: string;
    readonly payee: string;
    readonly indicator: string;
  };
  readonly claim: (month: string) => string;
  readonly credit: (month: string, line: string) => string;
  readonly sum: string;
  readonly feeKinds: { readonly programme: string; readonly acquisition: string };
  readonly totalRows: {
    readonly payable: string;
    readonly receivable: string;
    readonly feesPayable: string;
    readonly feesReceivable: string;
    readonly own: string;
  };
  readonly netToPartner: (partner: string) => string;
  readonly netByPartner: (partner: string) => string;
  readonly netNothing: string;
  readonly balanceRows: {
    readonly issued: string;
    readonly takenBack: string;
    readonly redeemed: string;
    readonly expired: string;
    readonly outstanding: string;
    readonly expected: string;
    readonly arrears: string;
  };
  readonly inn: string;
  readonly kpp: string;
  readonly ogrn: string;
  readonly contract: string;
  readonly nettingNote: string;
  readonly agreement: string;
  readonly signature: string;
  readonly signatureHint: string;
  readonly stamp: string;
  readonly page: (page: number, pages: number) => string;
  readonly digest: string;
};

const ru: Labels = {
  title: "Акт взаиморасчётов",
  actNumber: (number) => `№ ${number}`,
  period: (from, to) => `за период с ${from} по ${to}`,
  preamble: (operator, partner, pointValue) =>
    `${operator} (оператор программы) и ${partner} (партнёр) составили настоящий акт о том, что за указанный период по программе лояльности учтены следующие расчёты за баллы. Баллы оплачивает тот партнёр, за чей счёт они были начислены, тому партнёру, у которого они были потрачены. Один балл равен ${pointValue} руб.`,
  operatorPreamble: (operator, pointValue) =>
    `Расчёты оператора программы (${operator}) за указанный период: баллы, начисленные за его счёт, и вознаграждения по программе. Один балл равен ${pointValue} руб.`,
  operator: "Оператор",
  partner: "Партнёр",
  payable: "К уплате: баллы, начисленные за счёт партнёра и потраченные у других",
  receivable: "К получению: баллы, начисленные за счёт других и потраченные у партнёра",
  own: "Справочно: собственные баллы партнёра, потраченные у него же (не оплачиваются)",
  fees: "Вознаграждения по программе",
  totals: "Итоги",
  transfers: "Платежи после зачёта требований всех участников",
  balance: "Справочно: баллы, начисленные за счёт партнёра",
  none: "Расчётов за период нет.",
  columns: {
    number: "№",
    spentAt: "Где потрачены",
    fundedBy: "За чей счёт начислены",
    basis: "Основание",
    points: "Баллы",
    amount: "Сумма, руб.",
    payer: "Плательщик",
    payee: "Получатель",
    indicator: "Показатель",
  },
  claim: (month) => `Списания за ${month}`,
  credit: (month, line) => `Кредит-нота: возвраты покупок, учтённых за ${month} (строка ${line})`,
  sum: "Итого",
  feeKinds: { programme: "Вознаграждение оператора", acquisition: "Вознаграждение за привлечение" },
  totalRows: {
    payable: "К уплате за баллы",
    receivable: "К получению за баллы",
    feesPayable: "К уплате вознаграждений",
    feesReceivable: "К получению вознаграждений",
    own: "Справочно: собственные баллы",
  },
  netToPartner: (partner) => `Сальдо в пользу ${partner}`,
  netByPartner: (partner) => `Сальдо к уплате: ${partner}`,
  netNothing: "Сальдо",
  balanceRows: {
    issued: "Начислено за период",
    takenBack: "Снято при возвратах",
    redeemed: "Потрачено за вычетом возвращённых",
    expired: "Сгорело",
    outstanding: "Остаток у участников на конец периода",
    expected: "Ожидаемые требования по остатку",
    arrears: "Задолженность участников",
  },
  inn: "ИНН",
  kpp: "КПП",
  ogrn: "ОГРН",
  contract: "Договор",
  nettingNote:
    "Валовые суммы приведены в строках акта. Зачёт показан справочно: сальдо всех участников программы в сумме равны нулю.",
  agreement: "Стороны подтверждают приведённые суммы и претензий по ним друг к другу не имеют.",
  signature: "Подписи сторон",
  signatureHint: "подпись",
  stamp: "М. П.",
  page: (page, pages) => `Страница ${page} из ${pages}`,
  digest: "Контрольная сумма (SHA-256)",
};

const en: Labels = {
  title: "Settlement act",
  actNumber: (number) => `No. ${number}`,
  period: (from, to) => `for the period from ${from} to ${to}`,
  preamble: (operator, partner, pointValue) =>
    `${operator} (the operator of the programme) and ${partner} (the partner) have drawn up this act on the settlement of points of the loyalty programme for the period above. Points are paid for by the partner that funded them, to the partner at which they were spent. One point is worth ${pointValue} roubles.`,
  operatorPreamble: (operator, pointValue) =>
    `Settlement of the operator of the programme (${operator}) for the period above: points that it funded, and programme fees. One point is worth ${pointValue} roubles.`,
  operator: "Operator",
  partner: "Partner",
  payable: "Payable: points funded by the partner and spent at others",
  receivable: "Receivable: points funded by others and spent at the partner",
  own: "For information: the partner's own points spent at itself (not paid)",
  fees: "Programme fees",
  totals: "Totals",
  transfers: "Payments after all partners' claims are set off",
  balance: "For information: points funded by the partner",
  none: "Nothing to settle for the period.",
  columns: {
    number: "No.",
    spentAt: "Spent at",
    fundedBy: "Funded by",
    basis: "Basis",
    points: "Points",
    amount: "Amount, RUB",
    payer: "Payer",
    payee: "Payee",
    indicator: "Indicator",
  },
  claim: (month) => `Points spent in ${month}`,
  credit: (month, line) => `Credit note: returns of purchases settled for ${month} (line ${line})`,
  sum: "Total",
  feeKinds: { programme: "Programme fee", acquisition: "Acquisition fee" },
  totalRows: {
    payable: "Payable for points",
    receivable: "Receivable for points",
    feesPayable: "Fees payable",
    feesReceivable: "Fees receivable",
    own: "For information: own points",
  },
  netToPartner: (partner) => `Balance in favour of ${partner}`,
  netByPartner: (partner) => `Balance payable by ${partner}`,
  netNothing: "Balance",
  balanceRows: {
    issued: "Issued in the period",
    takenBack: "Taken back by returns",
    redeemed: "Spent, less what was given back",
    expired: "Expired",
    outstanding: "Held by members at the end of the period",
    expected: "Expected claims on what is held",
    arrears: "Owed by members",
  },
  inn: "INN",
  kpp: "KPP",
  ogrn: "OGRN",
  contract: "Contract",
  nettingNote:
    "The lines of the act show gross amounts. The set-off is for information: the balances of all partners sum to zero.",
  agreement: "The parties confirm the amounts above and have no claims against each other about them.",
  signature: "Signatures",
  signatureHint: "signature",
  stamp: "Seal",
  page: (page, pages) => `Page ${page} of ${pages}`,
  digest: "Checksum (SHA-256)",
};

export const LABELS: { readonly [language in Language]: Labels } = { ru, en };
