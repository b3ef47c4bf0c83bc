/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/ask/ask-fixture.h"

#include "model/phantom/phantom.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"
#include "ui/base/settings.h"

#include <string.h>

static float
class_logit (const SagAskRequest *request, int t, gpointer data)
{
  return ((AskFixture *) data)->logit;
}

/* All cells but the first of the first token are far below any threshold. */
static void
cell_logits (const SagAskRequest *request, int t, float *out, gpointer data)
{
  AskFixture *fixture = data;
  gsize       n = (gsize) request->n_tokens * sag_network_cells_per_token (&fixture->fake.network);

  for (gsize i = 0; i < n; i++)
    out[i] = i == 0 ? fixture->cell_logit : -5;
}

static SagEngine *
open_engine (SagBundle *bundle, gpointer user_data, SagUiEngineNote *note, GError **error)
{
  return fake_engine_open (user_data, bundle);
}

static SagVolume *
make_water (void)
{
  SagGeometry geometry = { .dims = { 40, 40, 40 } };
  gint16     *voxels = g_new (gint16, 40 * 40 * 40);

  for (int a = 0; a < 3; a++)
    geometry.ijk_to_ras[a][a] = 6;
  for (int v = 0; v < 40 * 40 * 40; v++)
    voxels[v] = v % 40 < 4 || v % 40 > 35 ? -1000 : 0;
  return sag_volume_new_int16 (&geometry, voxels);
}

static GFile *
save_scan (AskFixture *fixture, gboolean water)
{
  SagPhantomOptions options = { .seed = 3, .spacing_mm = { 6, 6, 6 } };
  g_autoptr (SagPhantom) phantom = sag_phantom_new (&options);
  g_autoptr (SagVolume) volume = water ? make_water () : sag_volume_ref (phantom->image);
  g_autofree char *path = g_build_filename (fixture->folder, "scan.nii", NULL);
  g_autoptr (GError) error = NULL;

  sag_nifti_save (path, sag_volume_get_geometry (volume), SAG_NIFTI_INT16,
                  sag_volume_get_int16 (volume), NULL, NULL, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/sagittact/Sagitta/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
}

void
ask_fixture_set_up (AskFixture *fixture, gboolean water)
{
  g_autoptr (GFile) file = NULL;

  *fixture = (AskFixture){ .logit = 2.3136f, .cell_logit = 1.0460f }; /* 0.91 and 0.74 */
  fixture->fake.class_logit = class_logit;
  fixture->fake.cell_logits = cell_logits;
  fixture->fake.data = fixture;
  fixture->folder = sag_test_dup_folder ();
  load_style ();
  fixture->engine = sag_ui_engine_new (open_engine, &fixture->fake, NULL);
  sag_ui_engine_open_async (fixture->engine, NULL, NULL, NULL);
  sag_test_ui_until (sag_ui_engine_get_state (fixture->engine) == SAG_UI_ENGINE_IDLE);
  fixture->session = sag_ui_session_new (fixture->engine);
  file = save_scan (fixture, water);
  fixture->one = sag_ui_cases_add (sag_ui_session_get_cases (fixture->session), file);
  sag_ui_cases_set_current (sag_ui_session_get_cases (fixture->session), fixture->one);
  fixture->pane = g_object_new (SAG_UI_TYPE_ASK_PANE, NULL);
  sag_ui_ask_pane_set_session (fixture->pane, fixture->session);
  fixture->window = sag_test_ui_show (GTK_WIDGET (fixture->pane), 360, 860);
  sag_test_ui_until (sag_ui_case_get_prepared (fixture->one) != NULL);
}

void
ask_fixture_tear_down (AskFixture *fixture)
{
  gpointer pane = fixture->pane, ask = sag_ui_ask_pane_get_ask (fixture->pane);
  gpointer session = fixture->session;

  /* Nothing keeps what was closed. */
  g_object_add_weak_pointer (pane, &pane);
  g_object_add_weak_pointer (ask, &ask);
  g_object_add_weak_pointer (session, &session);
  g_settings_set_boolean (sag_ui_settings_get (), "read-first", FALSE);
  gtk_window_destroy (fixture->window);
  sag_test_ui_settle ();
  sag_ui_engine_close (fixture->engine);
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->engine);
  sag_test_ui_until (pane == NULL && ask == NULL &&
                     session == NULL); /* a thread may hand one back late */
  sag_test_remove_folder (fixture->folder);
}

guint
ask_fixture_count (AskFixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sag_ui_case_get_results (fixture->one)));
}

SagUiResult *
ask_fixture_ask (AskFixture *fixture, const char *text)
{
  SagUiResult *result;

  sag_ui_ask_pane_ask (fixture->pane, text);
  result = g_list_model_get_item (G_LIST_MODEL (sag_ui_case_get_results (fixture->one)), 0);
  g_object_unref (result); /* the list has it */
  sag_test_ui_until (sag_ui_result_get_state (result) != SAG_UI_RESULT_PENDING);
  sag_test_ui_settle ();
  return result;
}

static GtkWidget *
find_row (GtkWidget *root, int *n)
{
  if (GTK_IS_LIST_BOX_ROW (root) &&
      SAG_UI_IS_CARD (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (root))) && (*n)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

SagUiCard *
ask_fixture_get_card (AskFixture *fixture, int n)
{
  GtkWidget *row = find_row (GTK_WIDGET (fixture->pane), &n);

  g_assert_nonnull (row);
  return SAG_UI_CARD (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)));
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget) &&
         g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text);
}

static gboolean
says_part (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL;
}

GtkWidget *
ask_find_label (GtkWidget *root, const char *text)
{
  return sag_test_ui_find (root, GTK_TYPE_LABEL, says, text);
}

gboolean
ask_shows (GtkWidget *root, const char *text)
{
  return ask_find_label (root, text) != NULL;
}

gboolean
ask_shows_part (GtkWidget *root, const char *text)
{
  return sag_test_ui_find (root, GTK_TYPE_LABEL, says_part, text) != NULL;
}

gboolean
ask_press (GtkWidget *widget, guint keyval)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !handled; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, 0, &handled);
    }
  return handled;
}
