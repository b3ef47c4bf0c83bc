/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "ui/ask/ask.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * SagUiCard: one question and what came of it: text, number, bar, badges, the controls of its map.
 *
 * Actions for its menu and keys, disabled where they make no sense: "card.again", "card.force",
 * "card.keep", "card.peak", "card.map", "card.star", "card.remove", "card.evidence", "card.robust",
 * "card.cancel", "card.prevalence", "card.compare", "card.compare-bundle", "card.copy-text",
 * "card.copy-json", "card.save", "card.details", "card.label" (string: "present", "absent",
 * "unsure").
 */
#define SAG_UI_TYPE_CARD (sag_ui_card_get_type ())
G_DECLARE_FINAL_TYPE (SagUiCard, sag_ui_card, SAG_UI, CARD, AdwBin)

GtkWidget *sag_ui_card_new (SagUiAsk *ask, SagUiCase *one, SagUiResult *result);

SagUiResult *sag_ui_card_get_result (SagUiCard *self);
SagUiCase   *sag_ui_card_get_case (SagUiCard *self);
SagUiAsk    *sag_ui_card_get_ask (SagUiCard *self);

/** sag_ui_card_update: draws again what the result, the mode and the work behind it say now. */
void sag_ui_card_update (SagUiCard *self);

/** sag_ui_card_get_spoken: what a screen reader says of the card as a whole. */
const char *sag_ui_card_get_spoken (SagUiCard *self);

/* card-actions.c */
void sag_ui_card_install_actions (GtkWidgetClass *widget_class);
void sag_ui_card_update_actions (SagUiCard *self, gboolean hidden);

G_END_DECLS
