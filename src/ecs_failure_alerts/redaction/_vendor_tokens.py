"""
The forms of tokens that vendors give out: each begins with a mark of its own.

Collected from the rules of https://github.com/gitleaks/gitleaks and the vendors' own pages.
"""

from __future__ import annotations

from typing import Final

#: Tokens whose marks hardly any other text has: their signs, of which each token has one in lower
#: case; and their form, with case.
MARKED_TOKENS: Final = (
    # Code hosts and their registries
    ("ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{16,}"),
    (
        "github_pat_ glpat-",
        r"(?:github_pat_|glpat-)(?=[a-z_-]{0,40}[A-Z0-9])[A-Za-z0-9_-]{4,}(?:\.[0-9a-z]{2}\.[0-9a-z]+)?",
    ),
    (
        "gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glsoat- glagent- gloas- glffct-",
        r"gl(?:dt|rt|rtr|cbt|ptt|ft|imt|soat|agent|oas|ffct)-[A-Za-z0-9_=-]{16,}",
    ),
    ("_gitlab_session=", r"_gitlab_session=[0-9a-z]{16,}"),
    ("gr1348941", r"GR1348941[A-Za-z0-9_-]{16,}"),
    ("atbb", r"ATBB[A-Za-z0-9]{24,}"),
    ("atatt3", r"ATATT3[A-Za-z0-9_=-]{60,}"),
    ("atctt3", r"ATCTT3[A-Za-z0-9_=-]{60,}"),
    ("akcp", r"AKCp[A-Za-z0-9]{40,}"),
    ("cmvmd", r"cmVmd[A-Za-z0-9]{50,}"),
    ("npm_", r"npm_[A-Za-z0-9]{30,}"),
    ("pypi-age", r"pypi-AgE[A-Za-z0-9_-]{20,}"),
    ("rubygems_", r"rubygems_[a-f0-9]{40,}"),
    ("clojars_", r"CLOJARS_[a-z0-9]{50,}"),
    ("dckr_pat_ dckr_oat_", r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    ("sgp_", r"sgp_[A-Fa-f0-9_]{16,}"),
    # Clouds, their databases and what deploys to them
    ("iqojb3jpz2lux2vj", r"IQoJb3JpZ2luX2Vj[A-Za-z0-9+/=%]{16,}"),
    ("fwogzxivyxdz", r"FwoGZXIvYXdz[A-Za-z0-9+/=%]{16,}"),
    ("absk", r"ABSK[A-Za-z0-9+/]{60,}={0,2}"),
    ("bedrock-api-key-", r"bedrock-api-key-[A-Za-z0-9+/=]{16,}"),
    ("ltai", r"LTAI[A-Za-z0-9]{16,}"),
    ("akid", r"AKID[A-Za-z0-9]{32}"),
    ("aiza", r"AIza[A-Za-z0-9_-]{33,}"),
    ("gocspx-", r"GOCSPX-[A-Za-z0-9_-]{20,}"),
    ("ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    ("1//0", r"1//0[A-Za-z0-9_-]{30,}"),
    ("q~", r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
    ("dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{40,}"),
    ("hrku-", r"HRKU-[A-Za-z0-9_-]{30,}"),
    ("fo1_", r"fo1_[A-Za-z0-9_-]{30,}"),
    ("fm1_ fm2_ fm1a_ fm2a_ fm1r_ fm2r_", r"fm[12][ar]?_[A-Za-z0-9+/=]{60,}"),
    ("sha256~", r"sha256~[A-Za-z0-9_-]{40,}"),
    ("t1.", r"t1\.[A-Z0-9a-z_-]+={0,2}\.[A-Z0-9a-z_-]{86}"),
    ("aqvn", r"AQVN[A-Za-z0-9_-]{30,}"),
    ("nfp_", r"nfp_[A-Za-z0-9]{30,}"),
    ("vcp_", r"vcp_[A-Za-z0-9]{20,}"),
    ("rnd_", r"rnd_[A-Za-z0-9]{24,}"),
    ("sbp_ sbs_", r"sb[ps]_[a-f0-9]{40}"),
    ("sb_secret_", r"sb_secret_[A-Za-z0-9_-]{16,}"),
    ("pscale_tkn_ pscale_oauth_ pscale_pw_", r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{20,}"),
    ("mdb_sa_sk_", r"mdb_sa_sk_[A-Za-z0-9_-]{20,}"),
    (".atlasv1.", r"[a-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{40,}"),
    ("hvs. hvb. hvr.", r"hv[sbr]\.[A-Za-z0-9_-]{20,}"),
    ("pul-", r"pul-[a-f0-9]{40}"),
    ("dp.", r"dp\.(?:pt|ct|st|scim|audit|sa)\.(?:[a-z0-9_-]{1,40}\.)?[A-Za-z0-9]{30,}"),
    ("tskey-", r"tskey-[a-z]{2,10}-[A-Za-z0-9-]{16,}"),
    ("v1.0-", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}"),
    ("cfut_ cfat_", r"cf[au]t_[A-Za-z0-9]{30,}"),
    ("pnu_", r"pnu_[A-Za-z0-9]{30,}"),
    ("dapi", r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    # A private key in base64, as Kubernetes has it; certificates begin otherwise.
    ("ls0tls1crudjti", r"LS0tLS1CRUdJTi(?!BDRVJU|BQVUJM)[A-Za-z0-9+/]{20,}={0,2}"),
    ("b3blbnnzac1rzxktdje", r"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]{20,}={0,2}"),
    ("age-secret-key-1", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("ops_eyj", r"ops_eyJ[A-Za-z0-9+/=_-]{100,}"),
    (
        "a3-",
        r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
    ),
    # What builds, watches and switches
    ("glsa_", r"glsa_[A-Za-z0-9_]{30,}"),
    ("glc_", r"glc_[A-Za-z0-9+/=]{30,}"),
    ("nrak- nrii- nrjs- nrra- nraa-", r"NR(?:AK|II|JS|RA|AA)-[A-Za-z0-9_-]{18,}"),
    ("sntrys_ sntryu_", r"sntry[su]_[A-Za-z0-9_+/=-]{20,}"),
    ("dt0", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("hcaik_ hcalk_ hcamk_", r"hca(?:ik|lk|mk)_[a-z0-9]{40,}"),
    ("phx_ phc_ phs_", r"ph[xcs]_[A-Za-z0-9]{30,}"),
    ("squ_ sqp_ sqa_", r"sq[pua]_[a-f0-9]{40}"),
    ("bkua_ bkuw_", r"bku[aw]_[a-z0-9]{36,}"),
    ("ccipat_", r"CCIPAT_[A-Za-z0-9_]{30,}"),
    ("ico-", r"ico-[A-Za-z0-9]{32}"),
    ("pmak-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    ("pat. sat.", r"(?:pat|sat)\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}"),
    # Chat, mail, telephone
    ("xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("xoxe.xox", r"xoxe\.xox[bp]-[A-Za-z0-9-]{10,}"),
    ("xapp-", r"xapp-[A-Za-z0-9-]{10,}"),
    (":aa", r"(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{32,35}"),
    ("sg.", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("xkeysib- xsmtpsib-", r"x(?:keysib|smtpsib)-[a-f0-9]{40,}(?:-[A-Za-z0-9]{16})?"),
    ("tfp_", r"tfp_[A-Za-z0-9_.=-]{40,}"),
    # Payment and trade
    (
        "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ pk_live_ pk_test_ pk_prod_",
        r"(?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,}",
    ),
    ("whsec_", r"whsec_[A-Za-z0-9+/=]{16,}"),
    ("shpat_ shpca_ shppa_ shpss_ shptka_", r"shp(?:at|ca|pa|ss|tka)_[0-9a-fA-F]{32}"),
    ("sq0", r"sq0[a-z]{3}-[A-Za-z0-9_-]{20,}"),
    ("eaaa", r"EAAA[A-Za-z0-9_-]{40,}"),
    ("eaam eaac", r"EAA[MC][A-Za-z0-9]{80,}"),
    ("ezak eztk", r"EZ[AT]K[A-Za-z0-9]{50,}"),
    ("shippo_", r"shippo_(?:live|test)_[a-fA-F0-9]{40}"),
    ("duffel_", r"duffel_(?:test|live)_[A-Za-z0-9_=-]{40,}"),
    ("rzp_", r"rzp_(?:live|test)_[A-Za-z0-9]{10,}"),
    ("flwpubk flwseck", r"FLW(?:PUB|SEC)K(?:_TEST)?-[a-h0-9]{12,}(?:-X)?"),
    (
        "access-sandbox- access-development- access-production-",
        r"access-(?:sandbox|development|production)-[0-9a-f-]{36}",
    ),
    # Models
    (
        "sk-ant- sk-proj- sk-svcacct- sk-admin- sk-or- sk-lf-",
        r"sk-(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{16,}",
    ),
    ("hf_", r"hf_[A-Za-z0-9]{30,}"),
    ("api_org_", r"api_org_[A-Za-z]{30,}"),
    ("gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    ("xai-", r"xai-[A-Za-z0-9]{60,}"),
    ("pplx-", r"pplx-[A-Za-z0-9]{40,}"),
    ("r8_", r"r8_[A-Za-z0-9]{30,}"),
    ("lsv2_pt_ lsv2_sk_", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}"),
    ("pcsk_", r"pcsk_[A-Za-z0-9_]{30,}"),
    ("tvly-", r"tvly-[A-Za-z0-9-]{20,}"),
    # Work
    ("lin_api_ lin_oauth_", r"lin_(?:api|oauth)_[A-Za-z0-9]{30,}"),
    ("ntn_", r"ntn_[0-9]{11}[A-Za-z0-9]{30,}"),
    ("secret_", r"secret_[A-Za-z0-9]{43}"),
    ("pat-na pat-eu", r"pat-(?:na|eu)[0-9]-[0-9a-f-]{36}"),
    ("figd_", r"figd_[A-Za-z0-9_-]{36,}"),
    ("cfpat-", r"CFPAT-[A-Za-z0-9_-]{40,}"),
    ("p8e-", r"p8e-[a-z0-9]{32}"),
    ("rdme_", r"rdme_[a-z0-9]{60,}"),
    ("_mmk", r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    ("sm_pat_ sm_aat_ sm_sat_", r"sm_(?:pat|aat|sat)_[A-Za-z0-9]{16,}"),
    ("s-s4t2", r"s-s4t2(?:ud|af)-[a-f0-9]{64}"),
    ("fio-u-", r"fio-u-[A-Za-z0-9_=-]{60,}"),
    ("sk.eyj pk.eyj", r"[sp]k\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}"),
)

#: Tokens whose marks are a part of common words, such as ``task-``.
LOOSELY_MARKED_TOKENS: Final = (
    ("yc", r"YC[A-Za-z0-9_-]{38}"),
    (
        "sdk- mob- api-",
        r"(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    ("api-", r"API-[A-Z0-9]{26}"),
    (".", r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}"),
    ("sk", r"SK[0-9a-f]{32}"),
    ("key-", r"(?:pub)?key-[a-f0-9]{32}"),
    ("-us", r"[a-f0-9]{32}-us[0-9]{1,2}"),
    ("re_", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}"),
    ("s.", r"s\.(?=[A-Za-z]{0,23}[0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9.])"),
    ("sk_ rk_", r"(?:sk|rk)_[0-9a-f]{40,}"),
    ("sk-", r"sk-(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{32,}"),
    ("pat", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{60,}"),
)
