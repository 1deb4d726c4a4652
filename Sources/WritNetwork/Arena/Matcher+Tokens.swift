import WritModel
import WritRules

// Finding matches, and how they stand.
extension Matcher {
  /// Finds the matches that have a row at a site, whose own conditions it passes.
  func seed(_ number: Int, _ row: Int32, excluding mask: UInt64, skipsKnown: Bool) {
    let site = walks.sites + number
    rows[site.pointee.slot] = row
    walk(number, row, site.pointee.steps.lowerBound, mask, skipsKnown)
  }

  private func walk(
    _ site: Int, _ start: Int32, _ place: Int, _ mask: UInt64, _ skipsKnown: Bool
  ) {
    if place == walks.sites[site].steps.upperBound {
      found(site, start, skipsKnown)
      return
    }
    let step = walks.steps + place
    guard let hash = walks.probe(step.pointee.probe, machine, rows) else { return }
    let index = indexes + step.pointee.index
    let slot = Int(step.pointee.slot)
    let isOwn = mask >> UInt64(slot) & 1 != 0
    var group = index.pointee.first(hash)
    while group >= 0 {
      var row = index.pointee.head(group)
      rows[slot] = row
      if walks.hold(step.pointee.keyTests, machine, rows) {
        while row >= 0 {
          let next = index.pointee.next(row)
          work += 1
          let isExcluded =
            isOwn && row == start || hasWaiting && isWaiting(row, at: Int(step.pointee.site))
          rows[slot] = row
          if !isExcluded, walks.hold(step.pointee.tests, machine, rows) {
            walk(site, start, place + 1, mask, skipsKnown)
          }
          row = next
        }
      }
      group = index.pointee.next(group, hash)
    }
    if work > memory.mostComparisons { explode(walks.sites[site].production) }
  }

  private func found(_ site: Int, _ start: Int32, _ skipsKnown: Bool) {
    let number = walks.sites[site].production
    if work > memory.mostComparisons { explode(number) }
    if explosion != nil { return }
    let pool = pools + number
    if skipsKnown {
      let local = walks.sites[site].local
      var token = pool.pointee.first(local, start)
      while token >= 0 {
        if pool.pointee.stands(token, for: rows) { return }
        token = pool.pointee.next(token, local)
      }
    }
    let token = pool.pointee.make(rows)
    if pool.pointee.count & 0x3FF == 0, byteCount > memory.mostMatchBytes {
      explode(number)
      return
    }
    if walks.productions[number].hasChecks {
      let (holds, stamp) = judge(number, token, isNew: true)
      if holds { activate(number, token, stamp) }
    } else {
      activate(number, token, 0)
    }
  }

  /// Whether a token, whose rows are in view, passes its checks; and a hash of what else it reads.
  private func judge(_ number: Int, _ token: Int32, isNew: Bool) -> (Bool, UInt64) {
    let production = walks.productions + number
    let pool = pools + number
    var holds = true
    var check = 0
    for place in production.pointee.checks {
      let one = walks.checks + place
      if one.pointee.isQuantifier {
        let hash = walks.probe(one.pointee.probe, machine, rows)
        if isNew {
          pool.pointee.putIn(token, check, hash)
        } else {
          pool.pointee.move(token, check, to: hash)
        }
        check += 1
        if holds { holds = self.holds(one, hash) }
      } else if holds {
        holds = machine.holds(one.pointee.node, rows)
      }
    }
    guard holds else { return (false, 0) }
    return (true, stamp(production.pointee.stamps))
  }

  func stamp(_ nodes: Walks.Nodes) -> UInt64 {
    var stamp: UInt64 = 0
    for place in nodes { stamp = hash(machine.value(walks.nodes[place], rows), after: stamp) }
    return stamp
  }

  private func hash(_ value: Value, after hash: UInt64) -> UInt64 {
    switch value.tag {
    case .list:
      var all = KeyTable.combined(hash, UInt64(value.bits & 0xFFFF_FFFF))
      for item in memory.facts.lists.items(of: value) { all = self.hash(item, after: all) }
      return all
    case .time: return KeyTable.combined(hash, UInt64(bitPattern: value.bits))
    default: return KeyTable.combined(hash, value.hashBits)
    }
  }

  /// Whether a quantifier is surely true of the rows in view.
  func holds(_ check: UnsafeMutablePointer<Walks.Check>, _ hash: UInt32?) -> Bool {
    let index = indexes + check.pointee.index
    var worst = Truth.no
    if let hash {
      var group = index.pointee.first(hash)
      while group >= 0, worst != .yes {
        var row = index.pointee.head(group)
        while row >= 0, worst != .yes {
          worst = worse(worst, truth(check, row))
          row = index.pointee.next(row)
        }
        group = index.pointee.next(group, hash)
      }
    } else {
      for bucket in 0...index.pointee.mask {
        var group = index.pointee.bucket(bucket)
        while group >= 0, worst != .yes {
          var row = index.pointee.head(group)
          while row >= 0, worst != .yes {
            worst = worse(worst, truth(check, row))
            row = index.pointee.next(row)
          }
          group = index.pointee.following(group)
        }
      }
    }
    var row = index.pointee.openHead
    while row >= 0, worst != .yes {
      worst = worse(worst, truth(check, row))
      row = index.pointee.next(row)
    }
    return check.pointee.wantsNone ? worst == .no : worst == .yes
  }

  /// Whether a row passes what a quantifier asks: a fault is no more than unknown here.
  private func truth(_ check: UnsafeMutablePointer<Walks.Check>, _ row: Int32) -> Truth {
    rows[check.pointee.binder] = row
    work += 1
    var truth = Truth.yes
    for test in check.pointee.tests {
      let value = machine.value(walks.nodes[test], rows)
      if value.tag == .boolean {
        if value.bits == 0 { return .no }
      } else {
        truth = .unknown
      }
    }
    return truth
  }

  private func worse(_ a: Truth, _ b: Truth) -> Truth { a.rawValue > b.rawValue ? a : b }

  /// Looks again at a token that is there.
  func reconsider(_ number: Int, _ token: Int32) {
    let pool = pools + number
    pool.pointee.show(token, in: rows)
    guard walks.hold(walks.productions[number].softTests, machine, rows) else {
      end(number, token)
      return
    }
    if work > memory.mostComparisons { explode(number) }
    if explosion != nil { return }
    let (holds, stamp) = judge(number, token, isNew: false)
    if pool.pointee.isActive(token) {
      if holds, pool.pointee.stamp(token) == stamp { return }
      deactivate(number, token)
    }
    if holds { activate(number, token, stamp) }
  }

  @inline(__always)
  private func activate(_ number: Int, _ token: Int32, _ stamp: UInt64) {
    pools[number].activate(token, birth: now, stamp: stamp)
    if !walks.productions[number].isAlert { enqueue(number, token) }
  }

  /// Puts a match that came to hold where it waits to fire.
  private func enqueue(_ number: Int, _ token: Int32) {
    let pool = pools + number
    isRestless = true
    let priority = priority(number)
    let generation = pool.pointee.generation(token)
    guard walks.productions[number].isGated else {
      agenda.push(
        Activation(
          production: Int32(number), gate: -1, token: token, generation: generation),
        priority: priority, age: now)
      return
    }
    let item = ReadyHeap.Item(token: token, generation: generation, priority: priority)
    let heap = ready[number]
    heap.add(item)
    isTopKnown[number] = false
    if openGates[number] > 0 {
      for gate in gates[number].instances {
        if gate.birth == now {
          gate.own?.add(item)
        } else {
          agenda.push(
            Activation(
              production: Int32(number), gate: gate.id, token: token, generation: generation),
            priority: priority, age: now)
        }
      }
    }
    if heap.count > 2 * pool.pointee.activeCount + 256 {
      heap.sweep {
        pool.pointee.isActive($0.token) && pool.pointee.generation($0.token) == $0.generation
      }
    }
  }

  private func priority(_ number: Int) -> Int64 {
    let production = walks.productions + number
    guard production.pointee.priority >= 0 else { return production.pointee.fixedPriority }
    return Self.rank(machine.value(production.pointee.priority, rows))
  }

  /// A priority as a number that compares: millionths.
  static func rank(_ value: Value) -> Int64 {
    guard value.tag == .number else { return 0 }
    let plain = value.decimal.normalized
    let scale = Int(plain.scale)
    guard scale <= 6 else { return plain.mantissa / Decimal.powerOfTen(scale - 6) }
    let (product, overflows) = plain.mantissa.multipliedReportingOverflow(
      by: Decimal.powerOfTen(6 - scale))
    return overflows ? (plain.mantissa < 0 ? .min : .max) : product
  }

  func deactivate(_ number: Int, _ token: Int32) {
    isTopKnown[number] = false
    pools[number].deactivate(token)
  }

  @inline(__always)
  func end(_ number: Int, _ token: Int32) {
    isTopKnown[number] = false
    pools[number].end(token)
  }

  func explode(_ number: Int) {
    guard explosion == nil else { return }
    explosion = Settlement.Explosion(
      production: plan.matched[number].id, tokens: pools[number].count, bytes: byteCount,
      comparisons: work)
    work = 0
  }
}
