/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/model/answer/fake-engine.h"
#include "tests/ui/support.h"
#include "ui/ask/ask-pane.h"
#include "ui/ask/card.h"

G_BEGIN_DECLS

#define EFFUSION "Diagnose the presence of pleural effusion around the lungs"
#define NODULE "Diagnose the presence of lung nodule in the lungs"
#define LUNGS "Segment lungs in the image."

/**
 * AskFixture: a window with an ask pane over an engine that gives the class head's @logit and one
 * cell of @cell_logit, and a phantom as the current case, prepared.
 */
typedef struct
{
  FakeEngine    fake;
  float         logit;
  float         cell_logit;
  char         *folder;
  SagUiEngine  *engine;
  SagUiSession *session;
  SagUiCase    *one;
  SagUiAskPane *pane;
  GtkWindow    *window;
} AskFixture;

/** ask_fixture_set_up: @water: a scan without lungs instead of the phantom. */
void ask_fixture_set_up (AskFixture *fixture, gboolean water);
void ask_fixture_tear_down (AskFixture *fixture);

/** ask_fixture_ask: asks as with Enter and waits for the end of it. */
SagUiResult *ask_fixture_ask (AskFixture *fixture, const char *text);

/** ask_fixture_get_card: of the @n-th row; fails if there is none. */
SagUiCard *ask_fixture_get_card (AskFixture *fixture, int n);

/** ask_shows: a mapped label at or below @root says @text, or (@part) a part of it is @text. */
gboolean ask_shows (GtkWidget *root, const char *text);
gboolean ask_shows_part (GtkWidget *root, const char *text);

/** ask_find_label: (nullable): the first mapped widget at or below @root that says @text. */
GtkWidget *ask_find_label (GtkWidget *root, const char *text);

/** ask_press: a key for the first key controller of @widget; whether it was handled. */
gboolean ask_press (GtkWidget *widget, guint keyval);

guint ask_fixture_count (AskFixture *fixture);

G_END_DECLS
