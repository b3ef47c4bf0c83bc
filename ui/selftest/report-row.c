/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/selftest/report-row.h"

#include <glib/gi18n.h>

struct _SagUiReportRow
{
  GObject parent;

  char            *title;
  SagSelftestState state;
  char            *detail;
  char            *advice;
};

G_DEFINE_FINAL_TYPE (SagUiReportRow, sag_ui_report_row, G_TYPE_OBJECT)

SagUiReportRow *
sag_ui_report_row_new (const char      *title,
                       SagSelftestState state,
                       const char      *detail,
                       const char      *advice)
{
  SagUiReportRow *self = g_object_new (SAG_UI_TYPE_REPORT_ROW, NULL);

  self->title = g_strdup (title);
  self->state = state;
  self->detail = g_strdup (detail);
  self->advice = g_strdup (advice);
  return self;
}

const char *
sag_ui_report_row_get_title (SagUiReportRow *self)
{
  return self->title;
}

SagSelftestState
sag_ui_report_row_get_state (SagUiReportRow *self)
{
  return self->state;
}

const char *
sag_ui_report_row_get_detail (SagUiReportRow *self)
{
  return self->detail;
}

const char *
sag_ui_report_row_get_advice (SagUiReportRow *self)
{
  return self->advice;
}

const char *
sag_ui_report_state_words (SagSelftestState state)
{
  switch (state)
    {
    case SAG_SELFTEST_OK:
      return _ ("works");
    case SAG_SELFTEST_NOTE:
      return _ ("good to know");
    case SAG_SELFTEST_FAILED:
      return _ ("does not work");
    }
  return "";
}

const char *
sag_ui_report_state_icon (SagSelftestState state)
{
  static const char *const names[] = { "object-select-symbolic", "dialog-information-symbolic",
                                       "dialog-error-symbolic" };

  return names[state];
}

static void
sag_ui_report_row_finalize (GObject *object)
{
  SagUiReportRow *self = SAG_UI_REPORT_ROW (object);

  g_free (self->title);
  g_free (self->detail);
  g_free (self->advice);
  G_OBJECT_CLASS (sag_ui_report_row_parent_class)->finalize (object);
}

static void
sag_ui_report_row_class_init (SagUiReportRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sag_ui_report_row_finalize;
}

static void
sag_ui_report_row_init (SagUiReportRow *self)
{
}
