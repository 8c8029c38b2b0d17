"""Addresses of partnerships: check-ins, follow-up, addenda and turns of a running agreement."""

from __future__ import annotations

from django.urls import URLPattern, path

from iop.views import addenda, check_ins, deliveries, follow_ups, running, turns

_ONE = "pagaende/<int:agreement_id>/"
_CHECK_IN = f"{_ONE}avstamningar/<int:check_in_id>/"
_FOLLOW_UP = f"{_ONE}uppfoljningar/<int:follow_up_id>/"
_ADDENDUM = f"{_ONE}tillagg/<int:number>/"

urlpatterns: list[URLPattern] = [
    path(_ONE, running.running, name="running"),
    path(f"{_ONE}lovat-och-bidragit/", running.promises, name="promises"),
    path(f"{_ONE}bidrag/", deliveries.delivery_list, name="deliveries"),
    path(f"{_ONE}bidrag/nytt/", deliveries.deliver, name="deliver"),
    path(
        f"{_ONE}bidrag/<int:delivery_id>/ta-tillbaka/",
        deliveries.take_back_delivery,
        name="take-back-delivery",
    ),
    path(f"{_ONE}avstamningar/", check_ins.check_in_list, name="check-ins"),
    path(f"{_ONE}avstamningar/planera/", check_ins.plan_check_ins, name="plan-check-ins"),
    path(_CHECK_IN, check_ins.check_in, name="check-in"),
    path(f"{_CHECK_IN}skriv/", check_ins.write_check_in, name="write-check-in"),
    path(f"{_CHECK_IN}stall-in/", check_ins.cancel_check_in, name="cancel-check-in"),
    path(_FOLLOW_UP, follow_ups.follow_up, name="follow-up"),
    path(f"{_FOLLOW_UP}skriv/", follow_ups.write_follow_up, name="write-follow-up"),
    path(f"{_FOLLOW_UP}var-bild/", follow_ups.write_own_view, name="write-own-view"),
    path(f"{_FOLLOW_UP}ja/", follow_ups.agree_to_follow_up, name="agree-to-follow-up"),
    path(f"{_ONE}omforhandla/", turns.ask_renegotiation, name="ask-renegotiation"),
    path(f"{_ONE}pausa/", turns.pause, name="pause"),
    path(f"{_ONE}fortsatt/", turns.resume, name="resume"),
    path(f"{_ONE}avsluta/", turns.give_notice, name="give-notice"),
    path(f"{_ONE}forlang/", turns.renew, name="renew"),
    path(f"{_ONE}tillagg/", addenda.begin_addendum, name="begin-addendum"),
    path(_ADDENDUM, addenda.addendum, name="addendum"),
    path(f"{_ADDENDUM}skriv/", addenda.write_addendum, name="write-addendum"),
    path(f"{_ADDENDUM}paragraf/<int:clause_number>/", addenda.change_clause, name="change-clause"),
    path(f"{_ADDENDUM}bidrag/", addenda.change_contribution, name="change-contribution"),
    path(f"{_ADDENDUM}bidrag/<int:change_id>/ta-bort/", addenda.keep_contribution, name="keep-contribution"),
    path(f"{_ADDENDUM}parter/", addenda.change_parties, name="change-parties"),
    path(f"{_ADDENDUM}klart/", addenda.ready_addendum, name="ready-addendum"),
    path(f"{_ADDENDUM}oppna/", addenda.reopen_addendum, name="reopen-addendum"),
    path(f"{_ADDENDUM}lagg-ned/", addenda.drop_addendum, name="drop-addendum"),
    path(f"{_ADDENDUM}skriv-under/", addenda.sign_addendum, name="sign-addendum"),
]
