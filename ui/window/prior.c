/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/case/case-words.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* Two studies of one patient side by side: the one that was opened on the left, the other, a case already or not yet,
 * on the right. */

#define OFFER "sag-ui-window-prior"

typedef struct
{
  GWeakRef        one;
  GWeakRef        other; /* a case that is open */
  SagDicomSeries *series;
  GFile          *place;
} Offer;

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_weak_ref_clear (&offer->one);
  g_weak_ref_clear (&offer->other);
  g_clear_pointer (&offer->series, sag_dicom_series_unref);
  g_clear_object (&offer->place);
  g_free (offer);
}

/* Of the cases that are of another study of the same patient the one that suits best. */
static SagUiCase *
find_open (SagUiWindow *self, SagUiCase *one)
{
  GListModel     *cases = G_LIST_MODEL (sag_ui_session_get_cases (self->session));
  SagDicomSeries *series = sag_ui_case_get_series (one);
  SagUiCase      *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (cases); i++)
    {
      g_autoptr (SagUiCase) at = g_list_model_get_item (cases, i);
      const SagDicomSeries *other = sag_ui_case_get_series (at);

      if (other != NULL && sag_dicom_series_are_priors (series, other) &&
          (found == NULL ||
           sag_dicom_series_is_nearer (series, other, sag_ui_case_get_series (found))))
        found = at;
    }
  return found;
}

/* "There is an earlier study of this patient, of 2024-01-31." */
static char *
dup_sentence (const SagDicomSeries *one, const SagDicomSeries *other)
{
  const int        order = strcmp (other->header->study_date, one->header->study_date);
  g_autofree char *date = sag_ui_date (other->header->study_date);

  if (*date == '\0' || *one->header->study_date == '\0')
    return g_strdup (_ ("There is another study of this patient."));
  if (order < 0)
    /* Translators: %s is a day. */
    return g_strdup_printf (_ ("There is an earlier study of this patient, of %s."), date);
  if (order > 0)
    /* Translators: %s is a day. */
    return g_strdup_printf (_ ("There is a later study of this patient, of %s."), date);
  return g_strdup (_ ("There is another study of this patient, of the same day."));
}

static void
set_enabled (SagUiWindow *self, gboolean enabled)
{
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "side-by-side")), enabled);
}

static void
drop_offer (SagUiWindow *self)
{
  if (self->prior_toast != NULL)
    adw_toast_dismiss (self->prior_toast);
  g_clear_weak_pointer (&self->prior_toast);
  g_object_set_data (G_OBJECT (self), OFFER, NULL);
  set_enabled (self, FALSE);
}

/* Without the case that it was made for an offer is none. */
static void
cases_cb (SagUiWindow *self)
{
  Offer *offer = g_object_get_data (G_OBJECT (self), OFFER);
  g_autoptr (SagUiCase) one = offer != NULL ? g_weak_ref_get (&offer->one) : NULL;

  if (offer != NULL &&
      (one == NULL ||
       sag_ui_cases_index_of (sag_ui_session_get_cases (self->session), one) == G_MAXUINT))
    drop_offer (self);
}

void
sag_ui_window_offer_prior (SagUiWindow *self, SagUiCase *one, SagDicomIndex *index, GFile *place)
{
  SagDicomSeries  *series = sag_ui_case_get_series (one);
  SagUiCase       *open = series != NULL ? find_open (self, one) : NULL;
  SagDicomSeries  *other = series != NULL ? sag_dicom_index_find_prior (index, series) : NULL;
  SagUiCases      *cases = sag_ui_session_get_cases (self->session);
  Offer           *offer;
  g_autofree char *sentence = NULL;

  if (open != NULL && other != NULL &&
      sag_dicom_series_is_nearer (series, other, sag_ui_case_get_series (open)))
    open = NULL;
  if (open != NULL)
    other = sag_ui_case_get_series (open);
  /* The last offer's button would do what this one says. */
  drop_offer (self);
  if (other == NULL)
    return;
  offer = g_new0 (Offer, 1);
  g_weak_ref_init (&offer->one, one);
  g_weak_ref_init (&offer->other, open);
  offer->series = sag_dicom_series_ref (other);
  g_set_object (&offer->place, place);
  g_object_set_data_full (G_OBJECT (self), OFFER, offer, offer_free);
  set_enabled (self, TRUE);
  g_signal_handlers_disconnect_by_func (cases, cases_cb, self);
  g_signal_connect_object (cases, "items-changed", G_CALLBACK (cases_cb), self, G_CONNECT_SWAPPED);
  sentence = dup_sentence (series, other);
  sag_ui_session_offer (self->session, sentence, _ ("Side by side"), "win.side-by-side");
}

void
sag_ui_window_show_prior (SagUiWindow *self)
{
  Offer      *offer = g_object_get_data (G_OBJECT (self), OFFER);
  SagUiCases *cases = sag_ui_session_get_cases (self->session);
  g_autoptr (SagUiCase) one = offer != NULL ? g_weak_ref_get (&offer->one) : NULL;
  g_autoptr (SagUiCase) open = offer != NULL ? g_weak_ref_get (&offer->other) : NULL;
  SagUiCase *other = open;

  if (one == NULL || sag_ui_cases_index_of (cases, one) == G_MAXUINT)
    return;
  if (other == NULL || sag_ui_cases_index_of (cases, other) == G_MAXUINT)
    other = sag_ui_cases_add_series (cases, offer->place, offer->series);
  sag_ui_cases_set_current (cases, one);
  sag_ui_views_compare_cases (self->views, other);
}
