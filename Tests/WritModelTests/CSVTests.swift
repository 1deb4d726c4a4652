import Testing

@testable import WritModel

/// The rows of some bytes, fed in blocks of a size: cells, or the flaw.
private func rows(
  _ bytes: [UInt8], delimiter: Character = ",", block: Int = .max
) -> [[String]] {
  var scanner = CSVScanner(delimiter: delimiter.asciiValue ?? 0)
  var rows: [[String]] = []
  var start = 0
  repeat {
    let end = min(bytes.count, start + min(block, bytes.count + 1))
    Array(bytes[start..<end]).withUnsafeBufferPointer {
      scanner.feed($0, isLast: end == bytes.count) { row in
        if let flaw = row.flaw {
          rows.append(["\(flaw)", "line \(row.line)", String(decoding: row.raw, as: UTF8.self)])
        } else {
          rows.append(row.cells.indices.map { String(decoding: row.cell($0), as: UTF8.self) })
        }
      }
    }
    start = end
  } while start < bytes.count
  return rows
}

private func check(
  _ text: String, _ expected: [[String]], delimiter: Character = ",",
  at place: SourceLocation = #_sourceLocation
) {
  for block in [Int.max, 1, 2, 3, 7] {
    #expect(
      rows(Array(text.utf8), delimiter: delimiter, block: block) == expected, "blocks of \(block)",
      sourceLocation: place)
  }
}

struct CSVTests {
  @Test func `cuts rows and cells`() {
    check("a,b\n1,2\n", [["a", "b"], ["1", "2"]])
    check("a,b\r\n1,2", [["a", "b"], ["1", "2"]])
    check("a,b\r1,2\r", [["a", "b"], ["1", "2"]])
    check("a,\n,b\n,\n", [["a", ""], ["", "b"], ["", ""]])
    check("\n\r\n a \n\n", [[" a "]])
    check("a;b|c\td\n", [["a;b|c", "d"]], delimiter: "\t")
    check("", [])
  }

  @Test func `reads quotes`() {
    check(#""a,b","c""d","#, [["a,b", #"c"d"#, ""]])
    check("\"a\nb\",c\n", [["a\nb", "c"]])
    check("\"a\r\nb\"\r\n\"\",\"\"\"\"", [["a\r\nb"], ["", "\""]])
    check(#"5" pipe,6'"#, [[#"5" pipe"#, "6'"]])
    check(#" "a",b"#, [[#" "a""#, "b"]])
  }

  @Test func `one bad row costs one line`() {
    check(
      "a,b\n1,\"x\"y\n3,4\n",
      [["a", "b"], ["textBehindQuote(5)", "line 2", "1,\"x\"y"], ["3", "4"]])
    check(
      "a,b\n1,\"x\n3,4\n5,6",
      [["a", "b"], ["unclosedQuote(2)", "line 2", "1,\"x"], ["3", "4"], ["5", "6"]])
  }

  @Test func `counts lines through quotes and empty lines`() {
    var scanner = CSVScanner(delimiter: UInt8(ascii: ","))
    var lines: [Int] = []
    Array("a\n\n\"b\nc\r\nd\re\"\n\r\nf\n".utf8).withUnsafeBufferPointer {
      scanner.feed($0, isLast: true) { lines.append($0.line) }
    }
    #expect(lines == [1, 3, 8])
  }

  @Test func `reads every file of csv-spectrum`() throws {
    for name in SharedFiles.names(in: "suites/csv-spectrum/csvs") {
      let base = name.dropLast(4)
      guard let bytes = SharedFiles.bytes("suites/csv-spectrum/csvs/\(name)"),
        let json = SharedFiles.bytes("suites/csv-spectrum/json/\(base).json")
      else { continue }
      let value = try JSON.parse(json)
      let expected = (value.items ?? [value]).map { Self.agreed($0, in: name) }
      for block in [Int.max, 5] {
        let all = rows(bytes, block: block)
        let header = try #require(all.first)
        let objects = all.dropFirst().map { row in
          Self.agreed(.object(zip(header, row).map { JSON.Member($0, .text($1)) }), in: name)
        }
        #expect(Array(objects) == expected, "\(name)")
      }
    }
  }

  /// One file of the suite names two telephone numbers; that column is left out.
  private static func agreed(_ row: JSON, in file: String) -> JSON {
    guard file.hasPrefix("location"), case .object(let members) = row else { return row }
    return .object(members.filter { $0.name != "Contact Phone Number" })
  }

  @Test func `naughty strings go through byte for byte`() throws {
    guard let bytes = SharedFiles.bytes("suites/naughty-strings/blns.json") else { return }
    let texts = try #require(JSON.parse(bytes).items).compactMap(\.text)
    for delimiter in [",", ";", "\t"] as [Character] {
      var writer = CSVWriter(delimiter: delimiter.asciiValue ?? 0)
      for text in texts {
        writer.add(text)
        writer.add("x")
        writer.endRow()
      }
      let again = rows(writer.bytes, delimiter: delimiter)
      #expect(again.map { Array($0[0].utf8) } == texts.map { Array($0.utf8) })
    }
  }

  @Test func `what is written is read, in blocks of any size`() {
    var random = Random.seeded("csv round trip")
    let pieces = ["a", ",", "\"", "\n", "\r", " ", "é", "线", "", "\"\"", ";", "0123456789"]
    for _ in 0..<300 {
      let width = Int.random(in: 1...4, using: &random)
      let table = (0..<Int.random(in: 0...5, using: &random)).map { _ in
        (0..<width).map { _ in
          (0..<Int.random(in: 0...4, using: &random)).map { _ in
            pieces[Int.random(in: 0..<pieces.count, using: &random)]
          }.joined()
        }
      }
      var writer = CSVWriter()
      for row in table {
        for cell in row { writer.add(cell) }
        writer.endRow()
      }
      let block = Int.random(in: 1...20, using: &random)
      #expect(rows(writer.bytes, block: block) == table)
    }
  }

  @Test func `random bytes never trap and no line is lost`() {
    var random = Random.seeded("csv bytes")
    let alphabet = Array("ab,\"\"\n\r,;\u{7F}".utf8) + [0, 0xFF, 0xC3]
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      let whole = rows(bytes)
      let cut = rows(bytes, block: Int.random(in: 1...9, using: &random))
      #expect(whole == cut, "\(bytes)")
    }
  }

  @Test func `a file as it stands`() {
    let sheet = Sheet(Array("\u{FEFF}a ;b\n1; x\n\n\"3\n\";y\n\"4;z".utf8))
    #expect(sheet.header == ["a", "b"])
    #expect(sheet.delimiter == UInt8(ascii: ";"))
    #expect(sheet.rows == [["1", " x"], ["3\n", "y"]])
    #expect(sheet.lines == [2, 4])
    #expect(sheet.problems.map(\.code) == ["unclosed-quote"])
    #expect(Sheet([]).problems.map(\.code) == ["empty-file"])
    #expect(Sheet([0x1F, 0x8B]).problems.map(\.code) == ["not-a-text-file"])
    #expect(Sheet([97], encoding: "x").problems.map(\.code) == ["unknown-encoding"])
    let gbk: [UInt8] = [0xCF, 0xDF, 0xCB, 0xF7, 10]
    #expect(Sheet(gbk, encoding: "GBK").header == ["线索"])
    #expect(Sheet(gbk).problems.map(\.code) == ["not-utf8"])
  }
}
