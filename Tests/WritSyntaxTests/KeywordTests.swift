import Support
import Testing
import WritText

@testable import WritSyntax

@Suite struct KeywordTests {
  /// KERNEL's eighteen, as a rule author may count on them.
  static let reserved: Set<String> = [
    "and", "or", "not", "in", "within", "is", "where", "when", "unless", "then", "else", "some",
    "every", "no", "yes", "missing", "this", "today",
  ]

  @Test func `the table has every keyword once, in order`() {
    #expect(Keywords.entries.map(\.keyword) == Keyword.allCases)
  }

  @Test func `the file in the grammar is the table`() {
    if CorpusFile.isRecording { CorpusFile.record(Keywords.file, at: "grammar/keywords") }
    let file = CorpusFile.bytes(of: "grammar/keywords").map { String(decoding: $0, as: UTF8.self) }
    #expect(file == Keywords.file)
  }

  @Test func `eighteen English words are reserved, and their twins`() throws {
    let group = try #require(Keywords.table.first)
    #expect(group.title == "reserved")
    #expect(Set(group.entries.map(\.english)) == Self.reserved)
    let words = Words.shared
    for entry in Keywords.entries {
      for text in [entry.english, entry.chinese] where !text.contains(" ") && !text.isEmpty {
        let isReserved = words.isReserved[Int(words.find(Array(text.utf8)))]
        let isTwin = group.entries.contains { $0.english == text || $0.chinese == text }
        #expect(isReserved == isTwin, "\(text)")
      }
    }
  }

  @Test func `no Chinese word means two things`() {
    var seen: [String: Keyword] = [:]
    for entry in Keywords.entries {
      for text in [entry.chinese] + entry.also.filter({ $0.utf8.first ?? 0 >= 0x80 })
      where !text.isEmpty {
        #expect(
          seen[text] == nil, "\(text) is \(entry.keyword) and \(String(describing: seen[text]))")
        seen[text] = entry.keyword
      }
    }
  }

  @Test func `every keyword has a word in one language, and all but a few in both`() {
    // What one of the languages says by word order or with a symbol.
    let english: Set<Keyword> = [
      .lastEnd, .yesNo, .pointUnit, .halvingStart, .halvingEnd, .amid, .possessive, .toward,
      .rangeWord, .equalWord, .notEqualWord, .lessWord, .lessOrEqualWord, .greaterWord,
      .greaterOrEqualWord,
    ]
    let chinese: Set<Keyword> = [.halvingEvery, .foldOf, .foldOver, .discountOn]
    for entry in Keywords.entries {
      #expect(entry.english.isEmpty == english.contains(entry.keyword), "\(entry.keyword)")
      #expect(entry.chinese.isEmpty == chinese.contains(entry.keyword), "\(entry.keyword)")
      #expect(!entry.chinese.contains(" "), "\(entry.chinese)")
    }
  }

  @Test func `the places of a pattern are the same in both languages`() {
    func places(_ text: String) -> [String] {
      text.split(separator: " ").map(String.init)
        .filter { $0.allSatisfy { $0.isASCII && $0.isUppercase } }.sorted()
    }
    for pattern in Keywords.patterns {
      #expect(places(pattern.english) == places(pattern.chinese), "\(pattern.english)")
    }
  }

  @Test func `a near miss names a word of the language and is none itself`() {
    for word in ["隶属", "如果", "并且", "否则", "if", "null", "true"] {
      #expect(Keywords.nearMiss(word) != nil, "\(word)")
      #expect(Words.shared.find(Array(word.utf8)) == 0, "\(word)")
    }
    #expect(Keywords.nearMiss("隶属") == "属于")
    #expect(Keywords.nearMiss("属于") == nil)
  }

  @Test(arguments: [
    ("区域属于华东", ["区域", "华东"], ["区域", "属于", "华东"]),
    ("区域隶属华东", ["区域", "华东"], ["区域", "属于", "华东"]),
    ("预算超过5000且区域属于华东", ["区域", "华东", "预算"], ["预算", "超过", "5000", "且", "区域", "属于", "华东"]),
    ("日期在近12个月内", ["日期"], ["日期", "在", "近", "12", "个月", "内"]),
    ("在近12个月内", [], ["在", "近", "12", "个月", "内"]),
    ("区域", ["区域"], nil), ("区域划分", ["区域"], nil), ("高低", [], nil),
    ("region", ["re", "gion"], nil), ("当前", [], nil),
  ])
  func `segments what was written without spaces`(
    word: String, names: [String], expected: [String]?
  ) {
    #expect(Segmentation.split(word, knownNames: Set(names)) == expected)
  }
}
