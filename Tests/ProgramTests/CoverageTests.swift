import Foundation
import Testing

/// `writ test --coverage`: what tests exercise of a rule set, and what they do not, by place.
struct CoverageTests {
  private static let rules = #"""
    currency CNY
    enum Family { robot, drive }
    record Lead { id : text key, size : number, region : text, owner : Rep? }
    record Rep { id : text key, load : integer }
    record Line { id : text key, family : Family, list : money }
    decide band for Lead -> text, first {
      "large": when size >= 500 and region = "east" : "hot"
      "mid": when size >= 100 : "warm"
      otherwise : "cold"
    }
    table zone(region: text, size: number) -> area: text, first {
      region | size   -> area
      "east" | >= 500 -> "A"
      "east" | any    -> "B"
      any    | any    -> "C"
    }
    assign Lead to Rep r, sets owner, counts r.load {
      "anybody": among r by least r.load then least r.id
      otherwise to Rep "R1"
    }
    price Line, each step on the running price {
      start list
      "robots": when family = robot : 10% off
      "one": cheapest of {
        "small": when list < 50 : 5 off
        "half": when list >= 1000 : 50% off
      }
    }
    change "move" for Lead { when region = "void" and size > 0  then set region = "east" }
    alert "busy" { when Rep a where a.load > 5  because "{a.id}" }

    """#

  /// Runs tests and gives what is told with the names of gaps, a line each.
  private func cover(_ tests: String, _ words: String...) throws -> Run {
    let desk = Scratch()
    try desk.write("r.writ", Self.rules + tests)
    return try shell(
      "writ test r.writ --coverage " + words.joined(separator: " "), in: desk)
  }

  @Test func `without tests nothing is covered`() throws {
    let run = try cover("", "--format json")
    let line = try #require(run.out.split(separator: "\n").last)
    #expect(line.hasPrefix(#"{"coverage":{"all":{"covered":0,"total":"#), "\(line)")
    for title in [
      "large", "mid", "otherwise", "anybody", "robots", "small", "half", "move", "busy",
    ] {
      #expect(line.contains(#""kind":"rule-never-decided","file":"r.writ""#))
      #expect(line.contains(#""text":"\#(title)""#), "\(title) in \(line)")
    }
    #expect(line.contains(#""rows":{"covered":0,"total":3}"#), "\(line)")
  }

  @Test(arguments: [
    // The test, what is no gap any more, and what still is.
    (
      #"given Lead { id "1", size 600, region "east" }  expect Lead "1".band is "hot""#,
      [#":7  rule never decided  large"#],
      [":7  condition never failed  size >= 500", ":8  rule never decided  mid"]
    ),
    (
      #"given Lead { id "1", size 5, region "east" }  expect Lead "1".band is "cold""#,
      [":9  rule never decided"],
      [":7  condition never held  size >= 500", ":7  condition never failed  region"]
    ),
    (
      #"expect zone("east", 600) is "A"  expect zone("west", 1) is "C""#,
      [":13  row never won", ":15  row never won"], [":14  row never won"]
    ),
    (
      #"given Line { id "1", family robot, list 40 }  expect price Line "1" is 31"#,
      [
        ":23  rule never decided", ":24  rule", ":25  rule never decided", "never held  family",
        "never held  list < 50",
      ],
      [":26  rule never decided  half", "never failed  family = robot"]
    ),
    (
      #"""
      given Rep { id "R1", load 0 }
      given Lead { id "1", size 5, region "x", owner missing }
      commit assign Lead
      expect Lead "1".owner is Rep "R1"
      """#, [":18  rule never decided"], [":17  rule never decided  otherwise"]
    ),
    (
      #"given Lead { id "1", size 5, region "void" }  expect Lead "1".region is "east""#,
      [
        ":29  rule never decided", "never held  region = \"void\"",
        "never failed  region = \"void\"",
      ],
      ["never failed  size > 0"]
    ),
    (
      #"given Rep { id "R1", load 9 }  expect alert "busy" Rep "R1" is raised"#,
      [":30  rule never decided", "never held  a.load"], ["never failed  a.load"]
    ),
  ])
  func `a test covers what it asks for`(test: String, covered: [String], left: [String]) throws {
    let run = try cover(
      "test \"t\" {\n\(test.replacingOccurrences(of: "  expect", with: "\nexpect"))\n}\n")
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    for gap in covered { #expect(!run.out.contains(gap), "\(gap) in \(run.out)") }
    for gap in left { #expect(run.out.contains(gap), "\(gap) not in \(run.out)") }
  }

  @Test func `too little coverage fails`() throws {
    let test =
      "test \"t\" {\n  given Lead { id \"1\", size 5, region \"x\" }\n  expect Lead \"1\".band is \"cold\"\n}\n"
    #expect(try cover(test, "--coverage-min 1%").status == 0)
    let run = try cover(test, "--coverage-min 99.5%")
    #expect(run.status == 1)
    #expect(run.messages.contains("99.5% is asked for"), "\(run.messages)")
    let chinese = try cover(test, "--coverage-min 80 --lang zh")
    #expect(chinese.status == 1)
    #expect(chinese.messages.contains("要求 80%"))
    #expect(chinese.out.contains("规则从未生效"))
    for word in ["lots", "101%", "-1%"] {
      let bad = try cover(test, "--coverage-min=\(word)")
      #expect(bad.status == 2)
      #expect(bad.messages.contains("[bad-percent]"))
    }
  }

  @Test func `rule books say what their scenarios leave out`() throws {
    let run = try shell("writ test \(packageRoot)/rules/pricing/en --coverage-min 90%")
    #expect(run.status == 0, "\(run.out)\(run.messages)")
    #expect(run.out.contains("coverage "))
    // Rows of a price list in a file are data.
    let east = try shell("writ test \(packageRoot)/playground/east --coverage")
    #expect(east.out.contains("not counted"), "\(east.out)")
  }

  @Test func `tests run again on every save`() throws {
    let desk = Scratch()
    try desk.write("r.writ", "test \"t\" { expect 1 + 1 is 3 }\n")
    let run = try shell(
      """
      timeout 60 writ test . --watch > out 2>&1 & pid=$!
      for i in $(seq 100); do grep -q '1 failed' out && break; sleep 0.1; done
      echo 'test "t" { expect 1 + 1 is 2 }' > r.tmp; mv r.tmp r.writ
      for i in $(seq 100); do grep -q '1 passed' out && break; sleep 0.1; done
      echo 'test "t" { expect' > r.writ
      for i in $(seq 100); do grep -q 'error' out && break; sleep 0.1; done
      echo 'test "u" { expect 1 + 1 is 4 }' > r.writ
      for i in $(seq 100); do grep -q '"u"' out && break; sleep 0.1; done
      kill -INT $pid; wait $pid; echo "ended $?" >> out
      """, in: desk)
    let out = try desk.read("out")
    #expect(run.status == 0)
    for part in ["0 passed, 1 failed", "1 passed, 0 failed", "error[", "failed  \"u\"", "ended "] {
      #expect(out.contains(part), "\(part) in \(out)")
    }
  }
}
