import Foundation
import Support
import Testing

/// `writ watch` under saves of every kind: it ends where a fresh look ends.
@Suite struct WatchCommandTests {
  /// A `writ watch` that runs while a test changes files.
  private final class Watcher {
    private let process = Process()
    private let out: URL

    init(_ folder: Scratch, _ arguments: [String]) throws {
      out = URL(fileURLWithPath: folder.path + "-events.jsonl")
      try Data().write(to: out)
      process.executableURL = URL(fileURLWithPath: builtProgram)
      process.arguments = ["watch"] + arguments
      process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
      process.standardOutput = try FileHandle(forWritingTo: out)
      try process.run()
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      try? FileManager.default.removeItem(at: out)
    }

    var events: [[String: Any]] {
      let text = (try? String(contentsOf: out, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    }

    /// Waits until the events say something; false after two minutes, on the busiest machine.
    func waits(until holds: ([[String: Any]]) -> Bool) -> Bool {
      for _ in 0..<2_400 {
        if holds(events) { return true }
        Thread.sleep(forTimeInterval: 0.05)
      }
      return false
    }

    /// How it ends when it is asked to.
    func end() -> Int32 {
      process.interrupt()
      for _ in 0..<400 where process.isRunning { Thread.sleep(forTimeInterval: 0.05) }
      return process.isRunning ? -1 : process.terminationStatus
    }
  }

  private func rules(_ bound: Int) -> String {
    """
    record Account { id : text key, spend : number }
    enum Grade { A, B, C }
    data Account from "accounts.csv"
    decide grade for Account -> Grade, first {
      "big": when spend >= \(bound) : A
      "middle": when spend >= 20 : B
      otherwise C
    }
    """
  }

  private func accounts(_ count: Int) -> String {
    "id,spend\n" + (0..<count).map { "A\($0),\($0 * 3)\n" }.joined()
  }

  private func pins(_ event: [String: Any]?) -> [String] {
    (event?["pins"] as? [[String: Any]] ?? []).map { "\($0["record"] ?? "") \($0["answer"] ?? "")" }
  }

  @Test func `an edit of rules or data says what changed, and a mistake keeps the last good ones`()
    throws
  {
    let folder = Scratch()
    try folder.write("rules/a.writ", rules(60))
    try folder.write("data/accounts.csv", accounts(40))
    let watcher = try Watcher(
      folder, ["rules", "--data", "data", "--format", "json", "--as-of", "2026-06-30"])
    #expect(watcher.waits { $0.count == 1 })
    try folder.write("rules/a.writ", rules(90))
    #expect(watcher.waits { $0.last?["changed"] as? Int == 10 })
    try folder.write("rules/a.writ", "decide {")
    #expect(watcher.waits { $0.last?["event"] as? String == "broken" })
    try folder.write("rules/a.writ", rules(60))
    #expect(watcher.waits { $0.last?["event"] as? String == "decided" })
    #expect(watcher.events.last?["changed"] as? Int == 10)
    try folder.write("data/accounts.csv", accounts(50))
    #expect(
      watcher.waits {
        ($0.last?["groups"] as? [[String: Any]])?.first?["added"] as? Int == 10
      })
    #expect(watcher.end() == 0)
  }

  @Test func `a look once ends with what it found`() throws {
    let folder = Scratch()
    try folder.write("a.writ", rules(60) + "test \"t\" { expect 1 + 1 is 3 }\n")
    try folder.write("accounts.csv", accounts(40))
    let failing = try writ("watch", "a.writ", "--once", in: folder)
    #expect(failing.status == 1 && failing.out.contains("✗ t"))
    try folder.write("a.writ", "decide {")
    let broken = try writ("watch", "a.writ", "--once", "--lang", "zh", in: folder)
    #expect(broken.status == 2 && broken.out.contains("规则有错误"))
    let pin = try writ("watch", "a.writ", "--once", "--pin", "A1", in: folder)
    #expect(pin.status == 2 && pin.messages.contains("bad-pin"))
  }

  /// `WRIT_STORM` says how many saves.
  @Test func `after a storm of saves it stands where a fresh look stands`() throws {
    let saves = ProcessInfo.processInfo.environment["WRIT_STORM"].flatMap { Int($0) } ?? 60
    var random = SeededGenerator(seed: 77)
    let folder = Scratch()
    let files = FileManager.default
    try folder.write("w/rules/a.writ", rules(60))
    try folder.write("w/accounts.csv", accounts(40))
    try folder.write("pins", (0..<40).map { "Account:A\($0)\n" }.joined())
    let arguments = [
      "w/rules", "--data", "w", "--format", "json", "--pin", "pins", "--as-of", "2026-06-30",
    ]
    let watcher = try Watcher(folder, arguments)
    #expect(watcher.waits { $0.count == 1 })
    let path = folder.path + "/w/rules/a.writ"
    for _ in 0..<saves {
      let bound = random.number(1...120)
      switch random.number(0...7) {
      case 0:
        // As editors do: a temporary file takes the place of the old one.
        try folder.write("w/rules/.a.writ.swp", rules(bound))
        _ = try? files.replaceItemAt(
          URL(fileURLWithPath: path),
          withItemAt: URL(fileURLWithPath: folder.path + "/w/rules/.a.writ.swp"))
      case 1: try? files.removeItem(atPath: path)
      case 2:
        // An editor that was killed while it wrote.
        try folder.write("w/rules/a.writ", String(rules(bound).prefix(random.number(0...150))))
      case 3:
        try? files.moveItem(atPath: folder.path + "/w", toPath: folder.path + "/v")
        try? files.moveItem(atPath: folder.path + "/v", toPath: folder.path + "/w")
      case 4: try folder.write("w/accounts.csv", accounts(random.number(0...60)))
      case 5:
        try? files.removeItem(atPath: folder.path + "/w/rules")
        try folder.write("w/rules/a.writ", rules(bound))
      case 6: try folder.write("w/rules/b.writ", "define twice = \(bound)\n")
      default: try folder.write("w/rules/a.writ", rules(bound))
      }
      Thread.sleep(forTimeInterval: Double(random.number(0...40)) / 1000)
    }
    try folder.write("w/accounts.csv", accounts(40))
    try folder.write("w/rules/a.writ", rules(33))
    let fresh = try writ(
      "watch", "w/rules", "--data", "w", "--format", "json", "--pin", "pins", "--as-of",
      "2026-06-30", "--once", in: folder)
    let wanted =
      try JSONSerialization.jsonObject(with: Data(fresh.out.utf8)) as? [String: Any]
    #expect(pins(wanted).count == 40)
    #expect(
      watcher.waits { events in
        pins(events.last { ["decided", "started"].contains($0["event"] as? String) })
          == pins(wanted)
      })
    #expect(watcher.end() == 0)
  }
}
