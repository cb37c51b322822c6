export { type AwardCommand, award } from "./core/award.ts";
export { bookDue, sweep, walletAfter, walletBody } from "./core/book-due.ts";
export {
  type Change,
  type Draft,
  finish,
  openDraft,
  type PostingContext,
  recordOperation,
  setTrait,
} from "./core/draft.ts";
export { drawableCents } from "./core/draw.ts";
export { type ErasedPoints, eraseWallet } from "./core/erase.ts";
export { captureHold, findOpen as findOpenHold, type HoldFailure, placeHold, voidHold } from "./core/holds.ts";
export { type MergeChanges, mergeWallets } from "./core/merge.ts";
export { mergeChanges } from "./core/merge-changes.ts";
export type {
  Account,
  Movement,
  Operation,
  OperationFacts,
  OperationKind,
  Reserved,
  ReturnedState,
} from "./core/operation.ts";
export { type EarnPart, type PurchaseCommand, purchase } from "./core/purchase.ts";
export { type ReleaseCommand, release, UNDECIDED, undecidedLots } from "./core/release.ts";
export {
  cumulative,
  type GivenBack,
  type PurchaseFacts,
  type ReturnCommand,
  type ReturnOutcome,
  returnPurchase,
} from "./core/return-purchase.ts";
export type { StateFacts } from "./core/state-facts.ts";
export {
  inStreamOrder,
  type ReceiptBody,
  type StreamErasure,
  type StreamFacts,
  type StreamJoin,
  type StreamMerge,
  type StreamPlace,
  type StreamReceipt,
  type StreamReward,
  type StreamSplit,
  type StreamSurvey,
} from "./core/stream.ts";
export { type TakeBackItem, type TakeBackOutcome, takeBack } from "./core/take-back.ts";
export type { HistoryOperation } from "./core/trace-crossings.ts";
export {
  HOUSEHOLD_CAP,
  type TransferChanges,
  type TransferFailure,
  type TransferredLot,
  transferPoints,
  transferredCents,
  undoTransfer,
} from "./core/transfer.ts";
export { type UnmergeFailure, unmergeWallets } from "./core/unmerge.ts";
export {
  arrearsOf,
  emptyWallet,
  type Hold,
  type Lot,
  type LotShare,
  NEVER,
  type Trait,
  type Wallet,
} from "./core/wallet.ts";
export { type LotFilter, type LotNow, type ReadDeps, readLots, readWallet, type WalletNow } from "./read-wallet.ts";
export { readAnonymousReceipt } from "./store/anonymous.ts";
export { findDueMembers } from "./store/due-members.ts";
export { lockFirstOpenDay, readFirstOpenDay } from "./store/fence.ts";
export {
  loadSurvivors,
  locateHold,
  type Relocation,
  relocate,
  type Survivor,
  survivorsOf,
} from "./store/follow-merges.ts";
export { readHoldState } from "./store/holds.ts";
export { insertWallets, putTraits } from "./store/insert-wallets.ts";
export { loadForReturn, loadReturned, loadWallets, type WalletForReturn } from "./store/load-wallets.ts";
export { loadHistory, loadWholeMember, lockWallets, setWalletStatus, type WholeMember } from "./store/load-whole.ts";
export {
  type ClaimedKey,
  findKeys,
  type HistoryStream,
  listOperations,
  type OperationFilter,
  readOperation,
  type StoredOperation,
} from "./store/operations.ts";
export { isLostRace, postChanges } from "./store/post-changes.ts";
export type { AlertRow, AnonymousReceipt, JournalRow, KeyClaim, NewIdentifier, Posting } from "./store/posting.ts";
export {
  MOVEMENTS_END,
  readStreamBuyers,
  readStreamReceipts,
  readStreamRewards,
  surveyStream,
  tailMovements,
} from "./store/stream.ts";
export { type VerifyOptions, type VerifyReport, verifyProjections } from "./verify-projections.ts";
export type { Difference } from "./verify-range.ts";
