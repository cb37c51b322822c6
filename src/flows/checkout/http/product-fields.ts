import type { Refused } from "#platform/http/field-faults.ts";

const MESSAGE = {
  ru: "Товары в чеке не передаются: строка несёт категорию и сумму. Ассортимент партнёра закрыт для коалиции.",
  en: "Products are not sent: a line carries a category and an amount. What a partner sells is closed to the coalition.",
};

const OF_A_PRODUCT = [
  "product",
  "products",
  "productid",
  "productname",
  "productcode",
  "item",
  "items",
  "itemid",
  "itemname",
  "itemcode",
  "goods",
  "good",
  "goodsname",
  "article",
  "articul",
  "sku",
  "skus",
  "skuid",
  "ean",
  "ean8",
  "ean13",
  "gtin",
  "upc",
  "plu",
  "isbn",
  "barcode",
  "datamatrix",
  "name",
  "title",
  "description",
  "brand",
  "manufacturer",
  "producer",
  "model",
];

/** Fields by which a till could tell which product it sold, without case, hyphens and underscores. */
export const REFUSED_LINE_FIELDS: Refused = { names: OF_A_PRODUCT, code: "product-field", message: MESSAGE };

export const REFUSED_RECEIPT_FIELDS: Refused = {
  names: ["product", "products", "sku", "skus", "items", "goods", "positions"],
  code: "product-field",
  message: MESSAGE,
};
