import Foundation
import Testing
import WritText

/// `writ experiment`: the split, the effect, the looks; and measures that `writ run` tells.
struct ExperimentTests {
  /// Where a key stands between 0 and 1, worked out as the specification says.
  private func place(_ key: String, _ title: String) -> Double {
    var sum = SHA256()
    sum.update(Array("\(title)\n\(key)".utf8))
    return Double(Int64(sum.finish().prefix(13), radix: 16) ?? 0) / 4_503_599_627_370_496
  }

  private func rules(
    _ looks: String = "", shares: (Int, Int) = (50, 50), hasThree: Bool = false
  ) -> String {
    let others = """
      measure "of large" = (count of l over Lead l where l.won and l.amount > 100) /
        (count of l over Lead l where l.amount > 100)
      measure "money" = sum of l.amount over Lead l where l.won, more is better
      """
    return """
      currency CNY
      record Lead { id : text key, won : yes/no, amount : money }
      data Lead from "leads.csv"
      define Lead.size = case { amount > 100 : 1   else : 0 }
      measure "conversion" = count of l over Lead l where l.won, more is better
      \(hasThree ? others : "")
      experiment "spring-2026" for Lead {
        by id { "base" \(shares.0)%, "new" \(shares.1)% }
        \(looks)
      }
      """
  }

  /// 4,800 leads that fall to the first arm, 576 of them won; 5,000 of the second, 675.
  private func leads() -> String {
    let (wanted, won) = ([4_800, 5_000], [576, 675])
    var found = [0, 0]
    var lines = ["id,won,amount"]
    var number = 0
    while found != wanted {
      number += 1
      let arm = place("L\(number)", "spring-2026") < 0.5 ? 0 : 1
      if found[arm] == wanted[arm] { continue }
      found[arm] += 1
      lines.append("L\(number),\(found[arm] <= won[arm] ? "yes" : "no"),\(found[arm] % 301).50")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test func `control and treatment to the digit`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules(hasThree: true))
    try folder.write("leads.csv", leads())
    let run = try writ("experiment", "rules.writ", "--data", ".", in: folder)
    #expect(run.status == 0, "\(run.messages)")
    for words in [
      "base        4,800 records", "new         5,000 records",
      "χ² 4.08, p 0.043: passes at 0.001", "base 12.00%, new 13.50%",
      "difference +1.50 points, 95% interval +0.18 to +2.82 points",
      "z 2.224, one-sided p 0.0131", "the split passes at 0.001, but p is below 0.05",
      "no looks are declared",
    ] {
      #expect(run.out.contains(words), "\(words) in\n\(run.out)")
    }
    // Three measures are three questions.
    #expect(run.out.contains("p is corrected for 3 comparisons (Holm)"))
    let json = try writ(
      "experiment", "rules.writ", "--data", ".", "--format", "json", "--lang", "zh", in: folder)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let outcomes = try #require(object["outcomes"] as? [[String: Any]])
    #expect(outcomes.map { $0["title"] as? String } == ["conversion", "of large", "money"])
    #expect(outcomes.map { $0["unit"] as? String } == ["%", "%", "CNY"])
    let large = try #require(outcomes[1]["values"] as? [Double])
    #expect(large.allSatisfy { $0 > 0.1 && $0 < 0.15 })
    let share = try #require((outcomes[0]["estimates"] as? [[String: Any]])?.first)
    func told(_ name: String, _ decimals: Int) -> String {
      String(format: "%.\(decimals)f", share[name] as? Double ?? .nan)
    }
    #expect([told("z", 3), told("oneSidedP", 4)] == ["2.224", "0.0131"])
    #expect([told("low", 4), told("high", 4)] == ["0.0018", "0.0282"])
    let estimate = try #require((outcomes[2]["estimates"] as? [[String: Any]])?.first)
    let (low, high) = (estimate["low"] as? Double ?? 0, estimate["high"] as? Double ?? 0)
    let money = try #require(outcomes[2]["values"] as? [Double])
    #expect(low < money[1] - money[0] && money[1] - money[0] < high && high - low < 10)
  }

  @Test func `one question needs no correction`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules())
    try folder.write("leads.csv", leads())
    let run = try writ("experiment", "rules.writ", "--data", ".", in: folder)
    #expect(run.out.contains("p 0.0261; z-test"), "\(run.out)\(run.messages)")
    let chinese = try writ("experiment", "rules.writ", "--data", ".", "--lang", "zh", in: folder)
    #expect(chinese.out.contains("95% 区间 +0.18 到 +2.82 个百分点"), "\(chinese.out)")
  }

  @Test func `looks that were not declared are refused`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules("looks 2026-04-15, 2026-05-15"))
    try folder.write("leads.csv", leads())
    let refused = try writ(
      "experiment", "rules.writ", "--data", ".", "--as-of", "2026-05-01", in: folder)
    #expect(refused.status == 2 && refused.out == "")
    #expect(refused.messages.contains("error[undeclared-look]"))
    #expect(refused.messages.contains("2026-04-15, 2026-05-15"))
    #expect(refused.messages.contains("`--as-of 2026-04-15`"))
    let first = try writ(
      "experiment", "rules.writ", "--data", ".", "--as-of", "2026-04-15", in: folder)
    // O'Brien and Fleming spend 0.0056 of 0.05 at half of the information.
    #expect(first.out.contains("look 1 of 2") && first.out.contains("0.557%"), "\(first.out)")
    #expect(first.out.contains("99.4% interval -"), "\(first.out)")
    let last = try writ(
      "experiment", "rules.writ", "--data", ".", "--as-of", "2026-05-15", in: folder)
    #expect(last.out.contains("95.6% interval +0.15 to +2.85 points"), "\(last.out)")
  }

  @Test func `a split that is not as declared says nothing of effects`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules())
    // Somebody lost a tenth of the second arm.
    let lines = leads().split(separator: "\n").enumerated().filter {
      $0.offset % 10 != 0 || $0.offset == 0
        || place(String($0.element.prefix { $0 != "," }), "spring-2026") < 0.5
    }.map { String($0.element) }
    let kept = lines.dropLast(300)
    try folder.write("leads.csv", kept.joined(separator: "\n") + "\n")
    let run = try writ("experiment", "rules.writ", "--data", ".", in: folder)
    #expect(run.status == 1, "\(run.out)")
    #expect(run.out.contains("does not pass at 0.001") && run.out.contains("no effect is told"))
    #expect(!run.out.contains("conversion"))
  }

  @Test func `every record has its arm`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules("looks 2026-04-15", shares: (20, 80)))
    try folder.write("leads.csv", "id,won,amount\nL1,yes,1\nL2,no,2\nL3,no,3\n客户-7,no,4\n")
    let run = try writ("experiment", "rules.writ", "--data", ".", "--arms", in: folder)
    #expect(run.status == 0, "\(run.messages)")
    for (line, key) in zip(run.out.split(separator: "\n"), ["L1", "L2", "L3", "客户-7"]) {
      let arm = place(key, "spring-2026") < 0.2 ? "base" : "new"
      #expect(line.contains("\"key\":\"\(key)\",\"arm\":\"\(arm)\""), "\(line)")
    }
  }

  @Test func `experiments that are not there`() throws {
    let folder = Scratch()
    try folder.write("rules.writ", rules())
    try folder.write("leads.csv", "id,won,amount\n")
    let unknown = try writ(
      "experiment", "rules.writ", "--data", ".", "--only", "spring-2025", in: folder)
    #expect(unknown.status == 2 && unknown.messages.contains("error[unknown-experiment]"))
    #expect(unknown.messages.contains("did you mean `spring-2026`?"))
    let empty = try writ("experiment", "rules.writ", "--data", ".", in: folder)
    #expect(empty.out.contains("an arm has no records"), "\(empty.out)\(empty.messages)")
    try folder.write("rules.writ", "record Lead { id : text key }\n")
    let none = try writ("experiment", "rules.writ", "--data", "Lead=leads.csv", in: folder)
    #expect(none.status == 2 && none.messages.contains("error[no-experiment]"))
  }

  /// Records that pass by give the measures that records in memory give.
  @Test func `a run tells its measures`() throws {
    let folder = Scratch()
    let rules = rules(hasThree: true)
    try folder.write("rules.writ", rules)
    try folder.write("leads.csv", leads())
    let wanted = "conversion: 1251\nof large: "
    let streamed = try writ("run", "rules.writ", "--data", ".", in: folder)
    #expect(streamed.status == 0 && streamed.messages.contains(wanted), "\(streamed.messages)")
    #expect(!streamed.out.contains("conversion"))
    // A fold of a value keeps the records.
    try folder.write(
      "rules.writ", rules + "\ndefine Lead.part = amount / sum of o.amount over Lead o\n")
    let kept = try writ("run", "rules.writ", "--data", ".", in: folder)
    func measures(_ run: Run) -> [Substring] { run.messages.split(separator: "\n").suffix(3) }
    #expect(measures(kept) == measures(streamed), "\(kept.messages)")
  }
}
