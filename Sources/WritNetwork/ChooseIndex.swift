import WritModel
import WritRules

struct ChooseIndex: Sendable {
  init?(_ choose: Choose, _ program: Program, _ facts: TermFacts) { return nil }
}

extension Memory {
  func winner(
    by index: ChooseIndex, _ plan: ChoosePlan, _ id: ChooseID, _ block: Block, _ lanes: Lanes,
    _ out: UnsafeMutablePointer<Value>
  ) {}
}
