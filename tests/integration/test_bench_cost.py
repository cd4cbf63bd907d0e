"""`pypot bench cost`, small: joins and pots cost what can be told, and every pot settles."""

from pypot_cli.bench import cost


def test_joins_and_settled_pots_are_charged_for() -> None:
    report = cost.run(cost.Size(pots=6, tickets=20, players=50), lambda _step: None)
    assert report["broken"] == []
    assert report["ok"]
    assert report["joins"] == 120
    for charged in (report["join"], report["pot"]):
        assert charged["records"] > 500
        assert charged["cpu"] > 0
        assert charged["disk"] >= 0
    # The first of a table's pages count for few rows, so disk is only told apart where it is much.
    assert report["join"]["disk"] > 500
    assert report["pot"]["records"] > report["join"]["records"]
    assert report["services"] > 0
    churn = {each["table"]: each for each in report["churn"]}
    # Each join takes from a wallet and from a stripe, each an update that touches no index.
    for name in ("private.wallets", "private.pot_stripes"):
        assert churn[name]["updates"] >= 120
        assert churn[name]["hot"] > 0
    assert "every invariant holds" in cost.table(report)
