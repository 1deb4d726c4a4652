/// The colours of the page, by day and by night.
///
/// They are data, so that a test can hold every pair that meets on the page against the contrast
/// that people with weak eyes need. Rise and fall are blue and ochre, which all kinds of colour
/// sight tell apart; a sign, a word or a side says the same without colour.
struct Palette: Sendable {
  /// One colour by its name in the style sheet.
  struct Ink: Sendable {
    let name: String
    let light: UInt32
    let dark: UInt32
  }
  /// A colour that stands on another, and the contrast it needs there.
  struct Pair: Sendable {
    let front: String
    let back: String
    /// 4.5 for text, 3 for shapes.
    let least: Double
  }

  static let inks: [Ink] = [
    Ink(name: "paper", light: 0xFFFFFF, dark: 0x15171B),
    Ink(name: "wash", light: 0xF5F6F8, dark: 0x1E2127),
    Ink(name: "line", light: 0xDADDE3, dark: 0x363B45),
    Ink(name: "ink", light: 0x1B1D22, dark: 0xE9EAED),
    Ink(name: "soft", light: 0x555B66, dark: 0xA9B0BC),
    Ink(name: "link", light: 0x1A55A8, dark: 0x8AB6FF),
    Ink(name: "rise", light: 0x2460AE, dark: 0x7FB0FA),
    Ink(name: "fall", light: 0x9A5300, dark: 0xEBA55C),
    Ink(name: "flow", light: 0x6C7A90, dark: 0x8B98AE),
    Ink(name: "good", light: 0x136B3F, dark: 0x62CE97),
    Ink(name: "bad", light: 0xB3261E, dark: 0xFF928A),
    Ink(name: "doubt", light: 0x7A5B00, dark: 0xE2BF5A),
    Ink(name: "goodwash", light: 0xEDF6F0, dark: 0x17291F),
    Ink(name: "badwash", light: 0xFCEFEE, dark: 0x331C1B),
    Ink(name: "doubtwash", light: 0xFAF5E4, dark: 0x2C2615),
  ]

  /// What meets on the page.
  static let pairs: [Pair] =
    ["ink", "soft", "link", "rise", "fall", "good", "bad", "doubt"].flatMap { front in
      ["paper", "wash"].map { Pair(front: front, back: $0, least: 4.5) }
    }
    + ["good", "bad", "doubt"].flatMap { name in
      ["ink", "soft", name].map { Pair(front: $0, back: name + "wash", least: 4.5) }
    }
    + [
      Pair(front: "ink", back: "goodwash", least: 4.5),
      Pair(front: "flow", back: "paper", least: 3),
      Pair(front: "flow", back: "wash", least: 3),
    ]

  /// `--ink:#1b1d22;…`
  static func declarations(isDark: Bool) -> String {
    inks.map { ink in
      let digits = String(isDark ? ink.dark : ink.light, radix: 16)
      return "--\(ink.name):#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }.joined(separator: ";")
  }
}
