import WritText

/// One use of a keyword of writ, whatever language it is written in.
///
/// English reuses a few short words (`from`, `to`, `by`, `over`, `as`) where Chinese has a word for
/// each use, so a keyword here is a *use*: `dataFrom` and `tierFrom` are both `from` in English, but
/// 来自 and 满 in Chinese. How each is spelled is data: `Keywords.table`.
public enum Keyword: UInt16, Sendable, CaseIterable {
  // Reserved: the infix and prefix words.
  case and, or, not, isIn, within, `is`, `where`, when, unless, then, thenBy, `else`
  case some, no, noValue, every, yes, missing, this, today

  // Infix phrases.
  case orElse, isNot, inLast, lastEnd, known

  // Types.
  case text, number, integer, percent, money, date, time, duration, yesNo, setOf, listOf, any

  // The model.
  case currency, zone, `enum`, ordered, tree, record, key, called, partAs, queue
  case data, from, format, fraction, percentPoints, missingWhen, delimiter, encoding, noHeader
  case show, onlyTo

  // Values.
  case define, caseOf, points, always, each, atMost, pointUnit
  case halvingEvery, halvingStart, halvingEnd, since
  case sum, average, min, max, median, count, foldOf, distinct, foldOver, amid, possessive
  case pick, by, least, most, earliest, latest, rotation, weightedBy, catchup, noCatchup
  case follow, whileHolds
  case days, weeks, months, years, hours, minutes

  // Tables and decisions.
  case table, first, unique, policyAny, priority, mostSpecific, collect, ruleOrder, outputOrder
  case effective, decide, `for`, otherwise, because

  // Territories and assignment.
  case territories, to, exclusive, overlapping, deepest, byPriority, owner, splitCredit, extraPart
  case access, blockName, assign, sets, counts, inOrderOf, skip, among, with

  // Price.
  case price, onRunning, onStart, asOf, start, running, mark, timesStep, tier, slab, tierFrom
  case tierOver, allOf, firstOf, cheapestOf, final, off, extra, fixed, baseOf, forEvery, timesUnit
  case whole, floor, raise, forbid, ask
  case roundHalfUp, roundHalfEven, roundHalfDown, roundUp, roundDown, roundCeiling, roundFloor

  // Authorization.
  case authorize, sale, toward, discountOn, permit, moreIsWorse, lessIsWorse, askedBy, limit
  case insteadLimit, atLeast, also, voidOn

  // Match, split, require.
  case match, matchWith, certain, suspected, split, splitOf, splitTo, splitOver, require
  case togetherBy, stops

  // Facts that change.
  case change, set, insert, remove, alert, high, medium, low

  // Tests.
  case test, given, examples, commit, expect, check, error, warning, note, viewer, answerBy
  case approvedBy, over
  case none, tied, undetermined, fault, hidden, permitted, refused, allowed, approval, forbidden
  case failed, held, raised

  // Variants, measures, experiments.
  case variant, variantOf, replace, add, move, before, after, param, measure, moreIsBetter
  case lessIsBetter, mayFall, mayRise, experiment, looks, changeable

  // Functions.
  case rounded, roundedDown, roundedUp, smaller, larger, exp, ln, year, month, length, startsWith
  case normalized, similarity, inCurrency, currencyOf

  // Words for symbols.
  case rangeWord, equalWord, notEqualWord, lessWord, lessOrEqualWord, greaterWord
  case greaterOrEqualWord
}

extension Keyword {
  private var entry: Keywords.Entry { Keywords.entries[Int(rawValue)] }

  /// As English writes it; empty where it needs no word.
  public var english: String { entry.english }

  /// As Chinese writes it; empty where it needs no word.
  public var chinese: String { entry.chinese }

  /// As a message names it: in the other language where this one has no word.
  func spelling(in language: WritText.Language) -> String {
    let own = language == .english ? english : chinese
    return own.isEmpty ? (language == .english ? chinese : english) : own
  }
}
