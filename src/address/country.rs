//! Country codes: from the three digits VTJ sends to the two letters the patron register holds.
//!
//! The table is ISO 3166-1, numeric to alpha-2. It is ours because the crates that hold it also bring
//! subdivisions, names or a second copy of a dependency, and six bytes a country are all that is needed here.

/// Finland, numeric.
const FINLAND: u16 = 246;

/// "Named in words only", in VTJ's use.
const NAMED_IN_WORDS: u16 = 998;

/// The two letters of a country from its three digits; `None` for `998` and for what the standard does not
/// know. Leading zeros may be missing. Two withdrawn codes that VTJ still holds, the undivided Sudan (736)
/// and Ethiopia before 1993 (230), are read as the country that has the name today.
pub fn alpha2(numeric: &str) -> Option<&'static str> {
    let number = match read(numeric)? {
        NAMED_IN_WORDS => return None,
        736 => 729,
        230 => 231,
        number => number,
    };
    let entry = format!("{number:03}");
    TABLE.split(' ').find_map(|row| row.strip_prefix(entry.as_str()))
}

/// Whether three digits are Finland's.
pub fn is_finland(numeric: &str) -> bool {
    read(numeric) == Some(FINLAND)
}

fn read(numeric: &str) -> Option<u16> {
    let digits = numeric.trim();
    if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Digits and letters of each country, in the order of the digits.
const TABLE: &str = "\
    004AF 008AL 010AQ 012DZ 016AS 020AD 024AO 028AG 031AZ 032AR 036AU 040AT 044BS 048BH 050BD 051AM \
    052BB 056BE 060BM 064BT 068BO 070BA 072BW 074BV 076BR 084BZ 086IO 090SB 092VG 096BN 100BG 104MM \
    108BI 112BY 116KH 120CM 124CA 132CV 136KY 140CF 144LK 148TD 152CL 156CN 158TW 162CX 166CC 170CO \
    174KM 175YT 178CG 180CD 184CK 188CR 191HR 192CU 196CY 203CZ 204BJ 208DK 212DM 214DO 218EC 222SV \
    226GQ 231ET 232ER 233EE 234FO 238FK 239GS 242FJ 246FI 248AX 250FR 254GF 258PF 260TF 262DJ 266GA \
    268GE 270GM 275PS 276DE 288GH 292GI 296KI 300GR 304GL 308GD 312GP 316GU 320GT 324GN 328GY 332HT \
    334HM 336VA 340HN 344HK 348HU 352IS 356IN 360ID 364IR 368IQ 372IE 376IL 380IT 384CI 388JM 392JP \
    398KZ 400JO 404KE 408KP 410KR 414KW 417KG 418LA 422LB 426LS 428LV 430LR 434LY 438LI 440LT 442LU \
    446MO 450MG 454MW 458MY 462MV 466ML 470MT 474MQ 478MR 480MU 484MX 492MC 496MN 498MD 499ME 500MS \
    504MA 508MZ 512OM 516NA 520NR 524NP 528NL 531CW 533AW 534SX 535BQ 540NC 548VU 554NZ 558NI 562NE \
    566NG 570NU 574NF 578NO 580MP 581UM 583FM 584MH 585PW 586PK 591PA 598PG 600PY 604PE 608PH 612PN \
    616PL 620PT 624GW 626TL 630PR 634QA 638RE 642RO 643RU 646RW 652BL 654SH 659KN 660AI 662LC 663MF \
    666PM 670VC 674SM 678ST 682SA 686SN 688RS 690SC 694SL 702SG 703SK 704VN 705SI 706SO 710ZA 716ZW \
    724ES 728SS 729SD 732EH 740SR 744SJ 748SZ 752SE 756CH 760SY 762TJ 764TH 768TG 772TK 776TO 780TT \
    784AE 788TN 792TR 795TM 796TC 798TV 800UG 804UA 807MK 818EG 826GB 831GG 832JE 833IM 834TZ 840US \
    850VI 854BF 858UY 860UZ 862VE 876WF 882WS 887YE 894ZM";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_letters() {
        for (digits, letters) in
            [("752", "SE"), ("4", "AF"), ("004", "AF"), ("248", "AX"), ("894", "ZM"), ("246", "FI")]
        {
            assert_eq!(alpha2(digits), Some(letters), "{digits}");
        }
    }

    #[test]
    fn withdrawn_codes_are_read_as_the_country_of_today() {
        assert_eq!(alpha2("736"), Some("SD"));
        assert_eq!(alpha2("230"), Some("ET"));
    }

    #[test]
    fn named_in_words_and_unknown_digits_have_no_letters() {
        for digits in ["998", "999", "000", "", "SWE", "7522", "-52", "+52"] {
            assert_eq!(alpha2(digits), None, "{digits}");
        }
    }

    #[test]
    fn the_table_is_in_order_and_complete() {
        let rows: Vec<&str> = TABLE.split(' ').collect();
        assert_eq!(rows.len(), 249);
        assert!(rows.iter().all(|row| row.len() == 5), "three digits and two letters");
        assert!(rows.is_sorted());
    }
}
