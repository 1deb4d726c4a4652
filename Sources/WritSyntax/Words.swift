/// Names one spelled word of the keyword table; 0 is any other word.
///
/// Second spellings (`day` beside `days`) share the number of the first.
typealias WordID = UInt16

/// The keyword table made ready for the lexer and the parser: words by their bytes, keywords by
/// their numbers.
///
/// One object, so that those who look at a token every few nanoseconds carry a reference, not seven
/// arrays.
final class Words: Sendable {
  static let shared = Words()

  /// By keyword: the first English word and the only Chinese one; 0 where there is none.
  let english: [WordID]
  let chinese: [WordID]
  /// By keyword: the English words behind the first.
  let englishRest: [[WordID]]
  /// By word: whether it is reserved.
  let isReserved: [Bool]
  /// By word: whether it is Chinese.
  let isChinese: [Bool]
  /// By word: its bytes, first spelling.
  let spelling: [[UInt8]]
  /// The most bytes a word has.
  var longest: Int { table.longest }

  private let table: WordTable

  private init() {
    var table = WordTable()
    var english: [WordID] = []
    var chinese: [WordID] = []
    var englishRest: [[WordID]] = []
    var reserved: Set<WordID> = []
    for (index, group) in Keywords.table.enumerated() {
      for entry in group.entries {
        let words = entry.english.split(separator: " ").map { table.intern(Array($0.utf8)) }
        english.append(words.first ?? 0)
        englishRest.append(Array(words.dropFirst()))
        let han = entry.chinese.isEmpty ? 0 : table.intern(Array(entry.chinese.utf8))
        chinese.append(han)
        if index == 0 { reserved.formUnion(words + [han]) }
      }
    }
    for entry in Keywords.entries {
      for other in entry.also {
        let bytes = Array(other.utf8)
        let isHan = bytes[0] >= 0x80
        let word = isHan ? chinese[entry.keyword] : english[entry.keyword]
        // `month` is also a function's name: one word, told apart by where it stands.
        if table.find(bytes[...]) == 0 { table.place(bytes, as: word) }
      }
    }
    self.english = english
    self.chinese = chinese
    self.englishRest = englishRest
    isReserved = table.spelling.indices.map { reserved.contains(WordID($0)) }
    let han = Set(chinese)
    isChinese = table.spelling.indices.map { $0 > 0 && han.contains(WordID($0)) }
    spelling = table.spelling
    self.table = table
  }

  /// The number of a word, 0 if it is no keyword. O(length).
  func find(_ bytes: some RandomAccessCollection<UInt8>) -> WordID { table.find(bytes) }
}

/// Words by their bytes: an open table.
private struct WordTable: Sendable {
  private(set) var spelling: [[UInt8]] = [[]]
  private(set) var longest = 0
  private var slots: [WordID]
  private var slotBytes: [[UInt8]]
  private let mask: Int

  init() {
    mask = 1023
    slots = Array(repeating: 0, count: mask + 1)
    slotBytes = Array(repeating: [], count: mask + 1)
  }

  /// The number of a word, 0 if it is no keyword. O(length).
  func find(_ bytes: some RandomAccessCollection<UInt8>) -> WordID {
    if bytes.count > longest { return 0 }
    var slot = WordTable.hash(bytes) & mask
    while slots[slot] != 0 {
      if slotBytes[slot].elementsEqual(bytes) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return 0
  }

  mutating func intern(_ bytes: [UInt8]) -> WordID {
    let found = find(bytes)
    if found != 0 { return found }
    let word = WordID(spelling.count)
    spelling.append(bytes)
    place(bytes, as: word)
    return word
  }

  mutating func place(_ bytes: [UInt8], as word: WordID) {
    longest = max(longest, bytes.count)
    var slot = WordTable.hash(bytes) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = word
    slotBytes[slot] = bytes
  }

  private static func hash(_ bytes: some RandomAccessCollection<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 15))
  }
}

extension [WordID] {
  subscript(keyword: Keyword) -> WordID { self[Int(keyword.rawValue)] }
}
