/// Names one spelled word of the keyword table; 0 is any other word.
///
/// Second spellings (`day` beside `days`) share the number of the first.
typealias WordID = UInt16

/// The keyword table made ready for the lexer and the parser: words by their bytes, keywords by
/// their numbers.
struct Words: Sendable {
  static let shared = Words()

  /// By keyword: the first English word and the only Chinese one; 0 where there is none.
  private(set) var english: [WordID] = []
  private(set) var chinese: [WordID] = []
  /// By keyword: the English words behind the first.
  private(set) var englishRest: [[WordID]] = []
  /// By word: whether it is reserved.
  private(set) var isReserved: [Bool] = [false]
  /// By word: whether it is Chinese.
  private(set) var isChinese: [Bool] = [false]
  /// By word: its bytes, first spelling.
  private(set) var spelling: [[UInt8]] = [[]]
  /// The most bytes a word has.
  private(set) var longest = 0

  private var slots: [WordID] = []
  private var slotBytes: [[UInt8]] = []
  private let mask: Int

  private init() {
    mask = 1023
    slots = Array(repeating: 0, count: mask + 1)
    slotBytes = Array(repeating: [], count: mask + 1)
    for (index, group) in Keywords.table.enumerated() {
      for entry in group.entries {
        let words = entry.english.split(separator: " ").map { intern(Array($0.utf8)) }
        english.append(words.first ?? 0)
        englishRest.append(Array(words.dropFirst()))
        let han = entry.chinese.isEmpty ? 0 : intern(Array(entry.chinese.utf8))
        chinese.append(han)
        if han != 0 { isChinese[Int(han)] = true }
        if index == 0 {
          for word in words + [han] { isReserved[Int(word)] = true }
        }
      }
    }
    for entry in Keywords.entries {
      for other in entry.also {
        let bytes = Array(other.utf8)
        let isHan = bytes[0] >= 0x80
        let word = isHan ? chinese[entry.keyword] : english[entry.keyword]
        // `month` is also a function's name: one word, told apart by where it stands.
        if find(bytes[...]) == 0 { place(bytes, as: word) }
      }
    }
  }

  /// The number of a word, 0 if it is no keyword. O(length).
  func find(_ bytes: some RandomAccessCollection<UInt8>) -> WordID {
    if bytes.count > longest { return 0 }
    var slot = Words.hash(bytes) & mask
    while slots[slot] != 0 {
      if slotBytes[slot].elementsEqual(bytes) { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return 0
  }

  private mutating func intern(_ bytes: [UInt8]) -> WordID {
    let found = find(bytes)
    if found != 0 { return found }
    let word = WordID(spelling.count)
    spelling.append(bytes)
    isReserved.append(false)
    isChinese.append(false)
    place(bytes, as: word)
    return word
  }

  private mutating func place(_ bytes: [UInt8], as word: WordID) {
    longest = max(longest, bytes.count)
    var slot = Words.hash(bytes) & mask
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
