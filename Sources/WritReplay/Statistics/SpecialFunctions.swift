/// The functions of analysis that statistics need, in the four operations and the square root alone:
/// libraries of mathematics differ in the last digit from machine to machine, and a report must not.
///
/// Good to a relative 10⁻¹³ or better where the distributions use them; the tests hold them against
/// published values.
enum Special {
  private static let lnTwoHigh = 0x1.62e42fefa3800p-1
  private static let lnTwoLow = 0x1.ef35793c76730p-45
  private static let sqrtHalf = 0.707_106_781_186_547_6
  static let pi = 3.141_592_653_589_793_2

  /// The natural logarithm: x = m · 2ᵉ with m near 1, and ln m = 2 artanh((m − 1) / (m + 1)).
  static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return .infinity }
    var mantissa = x.significand / 2
    var exponent = Double(x.exponent) + 1
    if mantissa < sqrtHalf {
      mantissa *= 2
      exponent -= 1
    }
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var sum = 0.0
    for odd in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / odd) * square }
    return exponent * lnTwoHigh + (2 * s * (1 + sum) + exponent * lnTwoLow)
  }

  /// e to a power: x = k ln 2 + r, and the series of eʳ.
  static func exp(_ x: Double) -> Double {
    guard x < 709.7 else { return x.isNaN ? .nan : .infinity }
    guard x > -744 else { return 0 }
    let k = (x / (lnTwoHigh + lnTwoLow)).rounded()
    let r = (x - k * lnTwoHigh) - k * lnTwoLow
    var sum = 1.0
    for n in stride(from: 15.0, through: 1, by: -1) { sum = 1 + sum * r / n }
    // In two steps, so that the least results do not vanish on the way.
    let half = (k / 2).rounded(.down)
    return sum * power(of: half) * power(of: k - half)
  }

  private static func power(of exponent: Double) -> Double {
    Double(sign: .plus, exponent: Int(exponent), significand: 1)
  }

  /// ln Γ(x) for x > 0: Stirling's series from 10 on, below by Γ(x) = Γ(x + 1) / x.
  static func logGamma(_ x: Double) -> Double {
    var x = x
    var product = 1.0
    while x < 10 {
      product *= x
      x += 1
    }
    let inverse = 1 / (x * x)
    var series = -691.0 / 360_360 * inverse + 1.0 / 1_188
    series = series * inverse - 1.0 / 1_680
    series = series * inverse + 1.0 / 1_260
    series = series * inverse - 1.0 / 360
    series = (series * inverse + 1.0 / 12) / x
    let halfLogTwoPi = 0.918_938_533_204_672_7
    return (x - 0.5) * log(x) - x + halfLogTwoPi + series - log(product)
  }

  /// The complement of the error function for x ≥ 0: its series below 2, else the continued fraction.
  static func erfc(_ x: Double) -> Double {
    let peak = exp(-x * x)
    if x < 2 {
      var term = x
      var sum = x
      var n = 1.0
      while term > sum * 1e-17 {
        term *= 2 * x * x / (2 * n + 1)
        sum += term
        n += 1
      }
      return 1 - 2 / pi.squareRoot() * peak * sum
    }
    var fraction = x
    for n in stride(from: 80.0, through: 1, by: -1) { fraction = x + n / 2 / fraction }
    return peak / pi.squareRoot() / fraction
  }

  /// The upper regularised incomplete gamma function Q(a, x).
  static func upperGamma(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 1 }
    let front = exp(-x + a * log(x) - logGamma(a))
    if x < a + 1 {
      var term = 1 / a
      var sum = term
      var n = a
      while term > sum * 1e-17 {
        n += 1
        term *= x / n
        sum += term
      }
      return 1 - front * sum
    }
    return front * lentz(x + 1 - a) { n in (-n * (n - a), x + 2 * n + 1 - a) }
  }

  /// The regularised incomplete beta function I_x(a, b).
  static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction runs well on this side only.
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let front = exp(
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x))
    let fraction = lentz(1) { n in
      let m = (n / 2).rounded(.down)
      let numerator =
        n == 2 * m
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      return (numerator, 1)
    }
    return front / a * fraction
  }

  /// 1 / (b₀ + a₁ / (b₁ + a₂ / (b₂ + …))) by Lentz's method.
  private static func lentz(
    _ first: Double, _ part: (Double) -> (a: Double, b: Double)
  ) -> Double {
    let tiny = 1e-300
    var c = 1 / tiny
    var d = 1 / (first == 0 ? tiny : first)
    var result = d
    for n in 1...10_000 {
      let (a, b) = part(Double(n))
      d = b + a * d
      d = 1 / (d == 0 ? tiny : d)
      c = b + a / c
      if c == 0 { c = tiny }
      let step = c * d
      result *= step
      if (step - 1).magnitude < 1e-16 { break }
    }
    return result
  }
}
