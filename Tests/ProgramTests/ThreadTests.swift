import Foundation
import Testing
import WritText

@testable import writ

/// However many threads share a stream, the same bytes come out: results, rejected rows, messages.
struct ThreadTests {
  private static let rules = """
    currency CNY
    enum Family { F0, F1, F2 }
    record Rep {
      id : text key
      name : text
    }
    record Deal {
      id : text key
      family : Family
      amount : money
      discount : percent?
      note : text?
      rep : Rep?
    }
    data Deal from "deals.csv"
    data Rep from "reps.csv"

    decide limit for Deal -> text, first {
      "large": when amount >= 5000 : "director"
      "f1": when family = F1 and discount > 10% : "manager"
      otherwise "self"
    }
    """

  /// More than a few blocks, with rows of every kind that goes wrong and rows over several lines.
  private func desk() throws -> Scratch {
    let desk = Scratch()
    try desk.write("rules.writ", Self.rules)
    try desk.write("reps.csv", "id,name\nR1,One\nR2,Two\n")
    let filler = String(repeating: "·", count: 30)
    var text = "id,family,amount,discount,note,rep,memo\n"
    for index in 0..<15_000 {
      let id = index % 997 == 500 ? index - 400 : index
      let family = index % 1009 == 7 ? "FX" : "F\(index % 3)"
      let note = ["", "plain", "\"with, comma\"", "华东", "\"two\nlines\"", "\"\"\"x\"\"\""][
        index % 6]
      let rep = index % 1511 == 3 ? "R9" : ["", "R1", "R2"][index / 7 % 3]
      text +=
        "D\(id),\(family),\(index * 7919 % 1_000_000).\(index % 10),\(index % 60)%,\(note),\(rep)"
      text += ",\(filler)\n"
      if index == 7_000 { text += "D-open,\"F0,12\n" }
      if index == 11_000 { text += "D-short,F0\n" }
    }
    try desk.write("deals.csv", text)
    return desk
  }

  @Test(arguments: ["jsonl", "csv"])
  func `any number of threads gives the same bytes`(format: String) throws {
    let desk = try desk()
    var first: (run: Run, rejects: String, out: String)?
    for threads in [1, 2, 3, 7] {
      let run = try writ(
        "run", "rules.writ", "--data", ".", "--as-of", "2026-01-01", "--format", format,
        "--threads", "\(threads)", "--output", "out", in: desk)
      let rejects = try desk.read("writ-rejects.jsonl")
      let out = try desk.read("out")
      guard let known = first else {
        #expect(run.status == 3, "\(run.messages)")
        #expect(run.out.isEmpty)
        #expect(out.utf8.count > 200_000)
        // Keys that came before, families that are none, a quote not closed, a short row.
        #expect(rejects.split(separator: "\n").count > 25)
        #expect(rejects.contains("duplicate-key") && rejects.contains("text-behind-quote"))
        #expect(run.messages.contains("R9"))
        first = (run, rejects, out)
        continue
      }
      #expect(run.status == known.run.status)
      #expect(run.messages == known.run.messages)
      #expect(rejects == known.rejects)
      #expect(out == known.out)
    }
  }

  @Test func `any number of threads compares many rule sets alike`() throws {
    let desk = try desk()
    // Some speak of texts that those before them do not; one is a patch.
    let edits = [
      ("director", "director"), ("director", "vp"), ("5000", "6000"), ("\"self\"", "\"none\""),
      ("manager", "vp"), ("director", "board"), ("10%", "15%"), ("manager", "desk"),
    ]
    for (number, edit) in edits.enumerated() {
      try desk.write(
        "set\(number).writ", Self.rules.replacingOccurrences(of: edit.0, with: edit.1))
    }
    try desk.write(
      "patch.writ",
      """
      variant "patched" of "set0.writ" {
        replace "large" in decide limit { "large": when amount >= 9000 : "chair" }
      }
      """)
    var first: Run?
    for threads in ["1", "2", "3", "7"] {
      let run = try writ(
        "compare", "set0.writ", "set1.writ", "set2.writ", "set3.writ", "patch.writ", "set4.writ",
        "set5.writ", "set6.writ", "set7.writ", "--data", ".", "--as-of", "2026-01-01", "--format",
        "json", "--threads", threads, in: desk)
      guard let known = first else {
        #expect(run.status == 3, "\(run.messages)")
        for answer in ["vp", "none", "chair", "board", "desk"] {
          #expect(run.out.contains("\"\(answer)\""), "\(answer)")
        }
        first = run
        continue
      }
      #expect(run.status == known.status)
      #expect(run.messages == known.messages)
      #expect(run.out == known.out)
    }
  }

  @Test func `the same from a pipe`() throws {
    let desk = try desk()
    let run = try shell(
      """
      writ run rules.writ --data . --as-of 2026-01-01 --threads 1 --rejects a > one 2> messages
      cat deals.csv | writ run rules.writ --data . --data Deal=- --as-of 2026-01-01 --threads 3 --rejects b > two 2> more
      cmp one two && echo same
      """, in: desk)
    #expect(run.out == "same\n", "\(run.out) \(run.messages)")
  }

  @Test func `a reader that goes away ends all threads quietly`() throws {
    let desk = try desk()
    let run = try shell(
      "writ run rules.writ --data . --threads 3 2> messages | head -1; grep -c error messages",
      in: desk)
    #expect(run.out.hasPrefix("{\"record\":\"Deal\",\"id\":\"D0\""), "\(run.out)")
  }

  @Test func `a full disk is a failure, and the old results stay`() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let desk = try desk()
    let run = try shell(
      "writ run rules.writ --data . --threads 3 --format jsonl > /dev/full", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("error"), "\(run.messages)")
    try desk.write("out", "old")
    _ = try writ(
      "run", "rules.writ", "--data", "Deal=nowhere.csv", "--output", "out", "--threads", "3",
      in: desk)
    #expect(try desk.read("out") == "old")
    #expect(try desk.names().contains { $0.hasPrefix("out.tmp") } == false)
  }

  @Test(
    arguments: [
      (
        100, .english,
        "deciding ━━━━━━━━━━──────────  50 %  1,234,567 records  617,283/s  0:02 left"
      ),
      (60, .english, "deciding ━━━━━─────  50 %  617,283/s  0:02 left"),
      (40, .english, "deciding ━━━━━─────  50 %  0:02 left"),
      (30, .english, "deciding ━━━━━─────  50 %"),
      (20, .english, "deciding ━━━━━────…"),
      (100, .chinese, "判定中 ━━━━━━━━━━──────────  50 %  1,234,567 条记录  每秒 617,283 条  剩余 0:02"),
      (60, .chinese, "判定中 ━━━━━─────  50 %  每秒 617,283 条  剩余 0:02"),
    ] as [(Int, Language, String)])
  func `what a long run says`(width: Int, language: Language, expected: String) {
    let verb = language == .english ? "deciding" : "判定中"
    let line = Progress.line(
      verb, done: 500, of: 1000, records: 1_234_567, seconds: 2, width: width, in: language)
    #expect(line == expected)
    #expect(line.displayWidth < width)
  }

  /// Everything that waits comes late, so that a signal finds the run in its middle.
  @Test(arguments: [("INT", "130"), ("TERM", "143")])
  func `who interrupts a run finds nothing half written`(signal: String, status: String) throws {
    let desk = try desk()
    try desk.write("out", "old")
    let run = try shell(
      """
      set -m
      (cat deals.csv; sleep 20) | writ run rules.writ --data . --data Deal=- --output out &
      for i in $(seq 200); do ls | grep -q out.tmp && break; sleep 0.05; done
      ls | grep -c out.tmp
      kill -\(signal) %1
      wait %1
      echo $?
      """, in: desk)
    #expect(run.out == "1\n\(status)\n", "\(run.out) \(run.messages)")
    #expect(try desk.read("out") == "old")
    #expect(try desk.names().contains { $0.hasPrefix("out.tmp") } == false)
  }

  #if os(Linux)
    @Test(arguments: [
      ("", "deciding", "records"), ("--lang zh", "判定中", "条记录"),
    ])
    func `a long run says on a terminal how far it is`(
      words: String, verb: String, last: String
    ) throws {
      guard FileManager.default.fileExists(atPath: "/usr/bin/script") else { return }
      let desk = try desk()
      let slowly = "(head -c 600000 deals.csv; sleep 1; tail -c +600001 deals.csv)"
      let run = try shell(
        """
        cat > typed.sh <<'end'
        stty cols 60
        \(slowly) | writ run rules.writ --data . --data Deal=- \(words) > out
        end
        script -qec 'bash typed.sh' typed > told
        tr '\\r' '\\n' < typed | grep '\(verb) ' | head -1
        """, in: desk)
      #expect(run.out.contains(verb) && run.out.contains(last), "\(run.out) \(run.messages)")
      let typed = try desk.read("typed")
      // What was shown is wiped away by as many blanks before the last word is said.
      #expect(typed.contains("  \r"), "\(typed)")
      let silent = try shell(
        "\(slowly) | writ run rules.writ --data . --data Deal=- > out 2> told; grep -c \(verb) told",
        in: desk)
      #expect(silent.out == "0\n", "\(silent.out)")
    }
  #endif

  @Test(arguments: ["0", "-1", "many", "65"])
  func `what is no number of threads`(word: String) throws {
    let desk = Scratch()
    try desk.write("rules.writ", Self.rules)
    let run = try writ("run", "rules.writ", "--data", ".", "--threads=\(word)", in: desk)
    #expect(run.status == 2)
    #expect(run.messages.contains("--threads"), "\(run.messages)")
  }
}
