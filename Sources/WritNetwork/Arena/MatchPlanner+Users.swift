import WritModel
import WritRules

// Who looks at what.
extension MatchPlanner {
  mutating func findUsers() {
    let columnCount = plan.columnCount
    plan.users = Array(repeating: MatchPlan.Users(), count: columnCount)
    plan.recordUsers = Array(repeating: MatchPlan.Users(), count: plan.virtual + 1)
    let globalColumn = plan.fieldCount + plan.derived.count
    func column(_ found: Int) -> Int { found < 0 ? globalColumn + (-1 - found) : found }
    for (number, alpha) in plan.alphas.enumerated() {
      for column in Set(alpha.columns.map(column)) { plan.users[column].add(number, .alphas) }
      plan.recordUsers[alpha.record].add(number, .alphas)
    }
    for number in plan.sites.indices {
      // Closed values got their columns' numbers only now.
      let waiting = plan.sites[number].soft.filter { $0 < 0 }
      plan.sites[number].soft.subtract(waiting)
      for global in waiting { plan.sites[number].identity.insert(column(global)) }
      let joined = plan.sites[number].joinColumns.union(plan.sites[number].soft)
      plan.sites[number].soft.subtract(plan.sites[number].identity)
      let site = plan.sites[number]
      let isAlert = plan.matched[site.production].isAlert
      for column in site.identity {
        let isAlways = !isAlert || site.alpha < 0 || joined.contains(column)
        plan.users[column].add(number, .sites, isAlways: isAlways)
      }
      for column in site.soft { plan.users[column].add(number, .softSites) }
      plan.recordUsers[site.record].add(number, .sites)
    }
    for (number, site) in plan.gateSites.enumerated() {
      for column in site.identity { plan.users[column].add(number, .gateSites) }
      plan.recordUsers[site.record].add(number, .gateSites)
    }
    for (number, index) in plan.indexes.enumerated() {
      let kind: MatchPlan.Users.Kind = index.keepsOpen ? .quantifiers : .joins
      let keys = Set(index.columns.map(column))
      for column in keys { plan.users[column].add(number, kind) }
      if index.alpha >= 0 {
        let own = Set(plan.alphas[index.alpha].columns.map(column)).subtracting(keys)
        for column in own { plan.users[column].add(number, kind, isAlways: false) }
      }
      plan.recordUsers[index.record].add(number, kind)
    }
    for (number, derived) in plan.derived.enumerated() {
      for column in facts(in: derived.reads) { plan.users[column].add(number, .derived) }
      for record in records(in: derived.reads).union([derived.record]) {
        plan.recordUsers[record].add(number, .derived)
      }
    }
    for (number, global) in plan.globals.enumerated() { add(number, .globals, global.reads) }
    for (number, matched) in plan.matched.enumerated() {
      add(number, .closed, matched.closedReads)
      add(number, .general, matched.generalReads)
    }
  }

  private mutating func add(_ number: Int, _ kind: MatchPlan.Users.Kind, _ reads: BitSet) {
    for column in facts(in: reads) { plan.users[column].add(number, kind) }
    for record in records(in: reads) { plan.recordUsers[record].add(number, kind) }
  }

  /// The fields among facts; the record types whose records come and go with them.
  private func facts(in reads: BitSet) -> [Int] {
    reads.members.filter { $0 < plan.fieldCount }
  }

  private func records(in reads: BitSet) -> Set<Int> {
    Set(
      reads.members.map {
        $0 < plan.fieldCount
          ? Int(program.schema.fields[$0].record.index) : $0 - plan.fieldCount
      })
  }
}
