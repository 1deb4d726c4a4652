import Testing
import WritText

@testable import WritModel

/// Columns of a file with a header that `from` names.
private func named(_ field: String, _ header: String) -> ReadPlan.Column {
  ReadPlan.Column(field: World.field(field), headers: [header], isNamed: true)
}

/// Each problem of the rejected rows as `line:column code header`.
private func places(_ result: ReadResult) -> [String] {
  result.rejected.flatMap(\.problems).map {
    "\($0.line ?? 0):\($0.column ?? 0) \($0.code)" + ($0.header.map { " " + $0 } ?? "")
  }
}

struct DataMessageTests {
  @Test func `every problem of a row has its line and its cell`() {
    let result = read(
      """
      id,employees,company,industry
      L1,x,"two
      lines",retial
      L2,5
      L3,5,a,retail,more
      ,5,a,retail
      L4,5,"a"b,retail
      L1,5,a,retail
      L5,5,"x,y",?
      L6,5,"x,y"
      """)
    #expect(
      places(result) == [
        "2:2 not-a-number employees", "2:4 not-a-member industry", "4:3 too-few-cells",
        "5:5 too-many-cells", "6:1 blank-cell id", "7:3 text-behind-quote",
        "9:4 not-a-member industry", "10:4 too-few-cells",
      ])
    let twice = read("employees,id\n1,L1\n2,L1\n")
    #expect(places(twice) == ["3:2 duplicate-key id"])
    #expect(twice.rejected.first?.problems.first?.value == "L1")
    let slip = read(Array("id,company\nL0,线索\nL1,\"a,b\nL2,".utf8) + [0xFF, 10])
    #expect(places(slip) == ["3:2 unclosed-quote", "4:2 row-not-utf8"])
  }

  @Test func `in JSON the column is the byte of the line`() {
    let lines = read(
      """
      {"id":"L1","employees":"x"}
      {"id":"L2","id":"L3"}
      {"id":"L4",}
      7
      {"company":"x"}
      """, format: .jsonLines)
    #expect(
      places(lines) == [
        "1:24 not-a-number employees", "2:17 duplicate-member id", "3:12 bad-json",
        "4:1 not-an-object", "5:1 blank-cell id",
      ])
    let array = read("[\n{\"id\":\"L1\",\n  \"hot\": \"maybe\"}\n]", format: .json)
    #expect(places(array) == ["3:10 not-yes-or-no hot"])
  }

  @Test func `a name that is none of an enum gets the near one and a way out`() throws {
    let result = read("id,industry,region\nL1,retial,\nL2,Select,\nL3,,esat\n")
    let problems = result.rejected.flatMap(\.problems)
    #expect(problems.map(\.code) == ["not-a-member", "not-a-member", "not-a-member"])
    #expect(
      problems[0].message.english == "`retial` is none of `行业`, as `industry` must be")
    #expect(problems[0].help.first?.english == "did you mean `retail`")
    #expect(
      problems[0].help.last?.english
        == "add it to `行业`, or say `industry missing when \"retial\"` if it stands for nothing")
    #expect(problems[1].help.first?.english == "one of `制造`, `零售`")
    #expect(problems[2].help.first?.english == "did you mean `east`")
    #expect(problems[2].help.last?.chinese.contains("视为空缺") == true)
  }

  @Test func `every problem of a cell has a way out`() {
    let bad: [(String, String)] = [
      ("employees", "5.5"), ("employees", "x"), ("employees", "1,2"), ("rate", "5"),
      ("budget", "x"), ("budget", "EUR 5"), ("budget", "0.12345678"), ("any_budget", "5"),
      ("created", "x"), ("seen", "x"), ("hot", "x"), ("industry", "x"),
      ("employees", "99999999999999999999"),
    ]
    for (field, cell) in bad {
      let problem = read("id,\(field)\nL1,\"\(cell)\"\n").rejected.first?.problems.first
      #expect(problem?.help.isEmpty == false, "\(field) \(cell)")
    }
  }

  @Test func `a column of the wrong kind is told once in full`() {
    let rows = (0..<500).map { "L\($0),x\($0)\n" }.joined()
    let result = read("id,industry\n" + rows)
    #expect(result.rejected.count == 500)
    #expect(result.rejected.first?.problems.first?.help.count == 2)
    #expect(result.rejected.last?.problems.first?.help.count == 1)
  }
}

struct ColumnTests {
  @Test func `a header that from names must be there`() throws {
    let result = read(
      "id,Number of Employees\nL1,5\n", columns: [named("employees", "No of Employees")])
    let problem = try #require(result.problems.first)
    #expect(problem.code == "missing-column")
    #expect(problem.message.english == "there is no column `No of Employees` for `employees`")
    #expect(problem.help.first?.english == "did you mean `Number of Employees`")
    #expect(
      problem.help.last?.english
        == "correct the header behind `from`, or take the line of `employees` out of the `data` block"
    )
    #expect(problem.line == 1)
    // One message a column.
    let two = read("id\nL1\n", columns: [named("employees", "a"), named("company", "b")])
    #expect(two.problems.map(\.code) == ["missing-column", "missing-column"])
  }

  @Test func `fields that may be missing and have no column are noted`() throws {
    let result = read("id,Company,score\nL1,x,\n")
    #expect(result.problems.isEmpty)
    #expect(result.column("company") == [""])
    let note = try #require(result.notes.first)
    #expect(note.code == "absent-column")
    // Not the fields with a default.
    #expect(note.message.english.hasPrefix("no column for `company`, `employees`, `rate`"))
    #expect(!note.message.english.contains("score"))
    #expect(note.help.first?.english == "did you mean `Company`")
    let rep = read("id,name,manager\nR1,x,\n", record: World.rep)
    #expect(rep.notes.isEmpty)
  }

  @Test func `in JSON a member that no record has is noted`() {
    let lines = read(
      "{\"id\":\"R1\",\"name\":\"x\"}\n{\"id\":\"R2\",\"name\":\"y\"}", format: .jsonLines,
      record: World.rep)
    #expect(lines.notes.map(\.code) == ["absent-column"])
    let some = read(
      "{\"id\":\"R1\",\"name\":\"x\"}\n{\"id\":\"R2\",\"name\":\"y\",\"manager\":null}",
      format: .jsonLines, record: World.rep)
    #expect(some.notes.isEmpty)
    #expect(read("", format: .jsonLines, record: World.rep).notes.isEmpty)
  }

  @Test func `headers in full width, with blanks and marks that nobody sees`() {
    for header in [
      "id,employees ", "ｉｄ,ｅｍｐｌｏｙｅｅｓ", " id\u{3000},\u{3000}employees",
      "\u{FEFF}id,\u{200B}employees",
      "\"id\n\",\"employees\n\"", "id\u{A0},employees\t",
    ] {
      let result = read(header + "\nL1,5\n")
      #expect(result.problems.isEmpty, "\(header)")
      #expect(result.column("employees") == ["5"], "\(header)")
    }
    let column = named("budget", "金额(元)  合计")
    #expect(read("id,金额（元） 合计\nL1,5\n", columns: [column]).column("budget") == ["5"])
    // Byte for byte goes first; two that are only alike are two.
    #expect(read("id,ＩＤ,ｉｄ\nL1,a,b\n").column("id") == ["L1"])
    #expect(read("ｉｄ,ｉd\nL1,a\n").problems.map(\.code) == ["duplicate-column"])
  }

  @Test func `doubled headers`() throws {
    let problem = try #require(read("company,id,x, id \nL1,L1,a,b\n").problems.first)
    #expect(problem.code == "duplicate-column")
    #expect(problem.message.english == "columns 2 and 4 are both called `id`")
    #expect(problem.line == 1 && problem.column == 4)
    #expect(read("id,x,x,\nL1,a,b,c\n").column("id") == ["L1"])
  }

  @Test func `files with nothing in them`() {
    for (text, code) in [
      ("", "empty-file"), ("\u{FEFF}", "empty-file"), ("\n\r\n", "empty-file"),
      ("   \n", "missing-column"), (",,\n", "missing-column"), ("\u{FEFF}\n", "empty-file"),
    ] {
      for block in [Int.max, 1] {
        #expect(read(text, block: block).problems.map(\.code) == [code], "\(text.debugDescription)")
      }
    }
    for text in ["id", "id\n", "\u{FEFF}id,company\r\n", "id,company\n\n\n"] {
      let result = read(text)
      #expect(result.problems.isEmpty && result.rejected.isEmpty)
      #expect(result.facts[World.lead].count == 0)
    }
    for text in ["", "\u{FEFF}", "\n\n", "[]", " [ ] "] {
      for format in [ReadPlan.Format.json, .jsonLines] {
        let result = read(text, format: format)
        #expect(result.problems.isEmpty && result.rejected.isEmpty, "\(text.debugDescription)")
      }
    }
    #expect(read("", hasHeader: false).problems.isEmpty)
  }

  @Test func `without a header line the cells that are wanted must be there`() {
    let columns = [named("id", "1"), named("employees", "3")]
    let result = read("L1,5\nL2,6\n", columns: columns, hasHeader: false)
    #expect(result.problems.map(\.code) == ["missing-column"])
    #expect(
      result.problems.first?.message.english
        == "there is no column 3 for `employees`: the rows have 2 cells")
    #expect(result.facts[World.lead].count == 0)
    #expect(read("L1,x,5\n", columns: columns, hasHeader: false).column("employees") == ["5"])
  }
}

struct EmptySetTests {
  @Test func `an empty cell of a set is the empty set`() {
    let result = read("id,skills,reps\nL1,,\nL2, ;、,  \nL3,retail,R1\n")
    #expect(result.rejected.isEmpty)
    for row in 0..<2 {
      for field in ["skills", "reps"] {
        let value = result.facts.value(World.field(field), row: row)
        #expect(value.tag == .list)
        #expect(result.facts.lists.items(of: value).isEmpty)
      }
    }
    #expect(result.column("skills") == ["", "", "retail"])
  }

  @Test func `a set is missing where that is said`() {
    let markers = [
      ReadPlan.Column(field: World.field("skills"), headers: ["skills"], missing: ["N/A"]),
      ReadPlan.Column(field: World.field("reps"), headers: ["reps"], missing: [""]),
    ]
    let marked = read("id,skills,reps\nL1, N/A ,\nL2,,R1\n", columns: markers)
    #expect(marked.facts.value(World.field("skills"), row: 0).tag == .missing)
    #expect(marked.facts.value(World.field("reps"), row: 0).tag == .missing)
    #expect(marked.facts.value(World.field("skills"), row: 1).tag == .list)
    let json = read(
      #"{"id":"L1","skills":null}"# + "\n" + #"{"id":"L2","skills":""}"# + "\n"
        + #"{"id":"L3","skills":[]}"# + "\n" + #"{"id":"L4"}"#, format: .jsonLines)
    let tags = (0..<4).map { json.facts.value(World.field("skills"), row: $0).tag }
    #expect(tags == [.missing, .list, .list, .missing])
  }
}
