import Testing

@testable import WritModel

struct InternerTests {
  @Test func `texts are equal by their bytes`() {
    var texts = Interner()
    let one = texts.intern("é")
    let two = texts.intern("e\u{301}")
    #expect(one != two)
    #expect(texts.intern("é") == one)
    #expect(Array(texts.text(of: two).utf8) == Array("e\u{301}".utf8))
    #expect(texts.symbol(of: "none") == nil)
    let empty = texts.intern("")
    #expect(texts.text(of: empty).isEmpty)
  }

  @Test func `interning, marks and rewinding agree with a plain list`() {
    var random = Random.seeded("interner")
    var texts = Interner()
    var known: [String] = []
    for _ in 0..<300 {
      let mark = texts.mark
      let kept = known.count
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        let text = "t\(Int.random(in: 0...400, using: &random))"
        let symbol = texts.intern(text)
        if let place = known.firstIndex(of: text) {
          #expect(Int(symbol.index) == place)
        } else {
          #expect(Int(symbol.index) == known.count)
          known.append(text)
        }
      }
      if Bool.random(using: &random) {
        texts.rewind(to: mark)
        known.removeSubrange(kept...)
      }
      #expect(texts.count == known.count)
    }
    for (index, text) in known.enumerated() {
      #expect(texts.text(of: Symbol(index)) == text)
      #expect(texts.symbol(of: text) == Symbol(index))
    }
  }

  @Test func `texts interned together are those interned one by one`() {
    var random = Random.seeded("texts together")
    var (together, single) = (Interner(), Interner())
    for round in 0..<60 {
      let marks = (together.mark, single.mark)
      let texts = (0..<Int.random(in: 0...700, using: &random)).map { _ in
        let length = Int.random(in: 1...Int.random(in: 1...40, using: &random), using: &random)
        let letters = round % 2 == 0 ? 2 : 26
        return (0..<length).map { _ in
          UInt8(ascii: "a") + UInt8.random(in: 0..<UInt8(letters), using: &random)
        }
      }
      let bytes = texts.flatMap(\.self) + [UInt8](repeating: 0x7A, count: Words.room)
      bytes.withUnsafeBufferPointer { bytes in
        guard var start = bytes.baseAddress else { return }
        var values = texts.map { text in
          defer { start += text.count }
          return Value.waiting(start, text.count)
        }
        // What is interned already, or no text, stays as it is.
        if values.count > 3 { values[3] = .boolean(true) }
        values.withUnsafeMutableBufferPointer {
          guard let base = $0.baseAddress else { return }
          together.settle(base, count: $0.count)
        }
        for (index, text) in texts.enumerated() where index != 3 {
          let symbol = text.withUnsafeBufferPointer { single.intern($0) }
          #expect(values[index].tag == .text && values[index].extra == 0)
          #expect(Symbol(Int(values[index].bits)) == symbol)
          #expect(together.withBytes(of: symbol) { Array($0) } == text)
        }
      }
      #expect(together.count == single.count)
      if Bool.random(using: &random) {
        together.rewind(to: marks.0)
        single.rewind(to: marks.1)
      }
    }
  }

  @Test func `naughty strings are kept byte for byte`() throws {
    guard let bytes = SharedFiles.bytes("suites/naughty-strings/blns.json") else { return }
    let all = try #require(JSON.parse(bytes).items).compactMap(\.text)
    var texts = Interner()
    let symbols = all.map { texts.intern($0) }
    for (text, symbol) in zip(all, symbols) {
      #expect(texts.withBytes(of: symbol) { Array($0) } == Array(text.utf8))
    }
  }
}

struct TableTests {
  private func schema(key: Int) -> Schema {
    var schema = Schema()
    for column in 0..<3 {
      schema.fields.append(
        Field(
          name: Named("f\(column)"), record: RecordID(0), type: .number, isOptional: true,
          column: column, initial: nil, partAs: nil))
    }
    schema.records = [
      RecordType(
        name: Named("R"), fields: (0..<3).map { FieldID($0) }, key: (0..<key).map { FieldID($0) },
        called: nil)
    ]
    return schema
  }

  @Test func `rows are found by keys of one and of two parts, by value`() throws {
    for width in [1, 2] {
      var facts = Facts(schema: schema(key: width))
      for number in 0..<500 {
        let values = [Int64(number), 7, 1].map { Value.number(Decimal($0)) }
        let key = Array(values.prefix(width))
        #expect(facts[RecordID(0)].append(values, key: key) == number)
      }
      for number in stride(from: 0, to: 500, by: 7) {
        let parts = try ["\(number).00", "7.0"].map {
          Value.number(try #require(Decimal($0)))
        }
        let key = Array(parts.prefix(width))
        #expect(facts[RecordID(0)].row(key: key) == number)
        #expect(
          facts[RecordID(0)].append(key + Array(repeating: key[0], count: 3 - width), key: key)
            == nil)
      }
      #expect(facts[RecordID(0)].row(key: [.number(Decimal(500)), .number(Decimal(7))]) == nil)
      #expect(facts[RecordID(0)].count == 500)
      #expect(
        facts[RecordID(0)].append([Value](repeating: .boolean(true), count: 3), key: []) == 500)
      facts[RecordID(0)].removeAll()
      #expect(facts[RecordID(0)].count == 0)
      #expect(facts[RecordID(0)].row(key: [.number(Decimal(0)), .number(Decimal(7))]) == nil)
    }
  }

  @Test func `a set of keys knows each key once`() {
    var random = Random.seeded("key set")
    var keys = KeySet()
    var known: Set<Int64> = []
    let texts = Interner()
    keys.reserve(1_000)
    for _ in 0..<20_000 {
      let number = Int64.random(in: 0...15_000, using: &random)
      let isNew = keys.insert([.number(Decimal(number))], texts: texts)
      #expect(isNew == known.insert(number).inserted)
    }
    #expect(keys.count == known.count)
    #expect(keys.byteCount <= 16 * keys.count)
  }

  @Test func `keys that are entered together are those entered one by one`() {
    var random = Random.seeded("keys together")
    var (together, single) = (KeySet(), KeySet())
    for _ in 0..<50 {
      let hashes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
        UInt64.random(in: 0...9_000, using: &random) &* 0x9E37_79B9_7F4A_7C15
      }
      let wanted = hashes.indices.filter { !single.insert(hash: hashes[$0]) }
      #expect(together.insert(hashes: hashes) == wanted)
      #expect(together.count == single.count)
    }
  }

  /// Keys in ascending order are only written down; what follows has to find them all the same.
  @Test(arguments: ["texts", "numbers", "two parts", "kinds", "counted", "whole"])
  func `keys in any order are known as a plain set knows them`(kind: String) {
    var random = Random.seeded("keys in order \(kind)")
    for _ in 0..<200 {
      var keys = KeySet()
      var known: Set<String> = []
      var number = 0
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        // Each block has texts of its own, as the chunks of a stream have.
        var texts = Interner()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
          _ = texts.intern("x\(Int.random(in: 0...99, using: &random))")
        }
        var run = KeyRun()
        var wanted: [Int] = []
        let goesBack = Int.random(in: 0...9, using: &random) == 0
        for place in 0..<Int.random(in: 0...40, using: &random) {
          // Seldom one is left out, so that keys count on for a while.
          number += Int.random(in: 0...29, using: &random) == 0 ? 3 : 1
          let isOld = goesBack && Int.random(in: 0...5, using: &random) == 0
          let value = isOld ? Int.random(in: 0...number, using: &random) : number
          let long = String(repeating: "·", count: value % 5) + "\(1_000_000 + value)"
          let key: [Value]
          switch kind {
          case "texts": key = [.text(texts.intern(value % 3 > 0 ? "Q\(1_000_000 + value)" : long))]
          case "numbers":
            key = [
              .number(
                Decimal(
                  mantissa: Int64(value) * (value % 7 == 0 ? 10 : 1), scale: value % 7 == 0 ? 1 : 0)
              )
            ]
          // From three digits to four on the way.
          case "counted": key = [.text(texts.intern("Q0-\(950 + value)"))]
          case "whole": key = [.number(Decimal(Int64(value)))]
          case "two parts":
            key = [.text(texts.intern("Q\(value / 10)")), .number(Decimal(Int64(value % 10)))]
          default:
            key = value % 50 == 0 ? [.date(days: Int32(value))] : [.text(texts.intern("Q\(value)"))]
          }
          run.add(key, texts)
          if !known.insert("\(value)").inserted { wanted.append(place) }
        }
        #expect(keys.insert(run, texts: texts) == wanted)
        #expect(keys.count == known.count)
      }
    }
  }

  @Test(arguments: [false, true]) func `keys that count on take no room of their own`(
    areNumbers: Bool
  ) {
    func key(_ number: Int, _ texts: inout Interner) -> Value {
      areNumbers ? .number(Decimal(Int64(number))) : .text(texts.intern("Q\(number)"))
    }
    var keys = KeySet()
    for chunk in 0..<100 {
      var texts = Interner()
      var run = KeyRun()
      for place in 0..<1_000 {
        run.add([key(1_000_000 + chunk * 1_000 + place, &texts)], texts)
      }
      let taken = keys.insert(run, texts: texts)
      #expect(taken.isEmpty, "\(chunk)")
    }
    #expect(keys.count == 100_000)
    #expect(keys.byteCount < 1_000)
    var texts = Interner()
    for number in [1_000_000, 1_000_001, 1_057_123, 1_099_999, 1_100_000] {
      let wanted = key(number, &texts)
      let isNew = keys.insert([wanted], texts: texts)
      #expect(isNew == (number == 1_100_000), "\(number)")
    }
  }

  @Test func `bytes come before others as their texts do`() {
    let words = ["", "a", "ab", "abcdefgh", "abcdefghi", "abcdefgz", "b", "é", "中文", "中文字"]
    for left in words {
      for right in words {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        let found = a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { a.precedes($0) } }
        #expect(found == a.lexicographicallyPrecedes(b), "\(left) \(right)")
      }
    }
  }
}
