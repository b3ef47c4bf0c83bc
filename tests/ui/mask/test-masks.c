/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/mask/masks-private.h"

#include "tests/ui/engine-support.h"
#include "tests/ui/support.h"

#include <math.h>
#include <string.h>

#define SIZE 300

/* A box of 500 in air, on a grid that is anisotropic, flipped and stored S first. */
static SagVolume *volume;

typedef struct
{
  SagUiEngine    *engine;
  SagUiSession   *session;
  SagUiMasks     *masks;
  SagUiCase      *one;
  SagUiSliceView *views[SAG_RENDER_N_PLANES];
  GtkWindow      *window;
} Fixture;

static SagVolume *
make_volume (void)
{
  const gint32 dims[3] = { 40, 90, 110 };
  gint16      *voxels = g_new (gint16, (gsize) dims[0] * dims[1] * dims[2]);
  /* k to the left 0.7 mm, j to the back 0.9, i to the head 2.4. */
  const SagGeometry grid = { .dims = { dims[0], dims[1], dims[2] },
                             .ijk_to_ras = {
                               { 0, 0, -0.7, 30 }, { 0, -0.9, 0, 45 }, { 2.4, 0, 0, -500 } } };
  gsize             at = 0;

  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        voxels[at++] = i >= 10 && i < 30 && j >= 20 && j < 70 && k >= 30 && k < 80 ? 500 : -1000;
  return sag_volume_new_int16 (&grid, voxels);
}

static gboolean
are_still (Fixture *self)
{
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    if (!sag_ui_slice_view_is_still (self->views[p]))
      return FALSE;
  return self->masks->current == NULL || !sag_ui_case_masks_is_busy (self->masks->current);
}

static void
wait (Fixture *self)
{
  sag_test_ui_until (are_still (self));
  sag_test_ui_settle ();
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/scan.nii.gz");
  GtkWidget    *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  SagUiDisplay *display;

  self->engine = sag_ui_engine_new (sag_test_ui_open_none, NULL, NULL);
  self->session = sag_ui_session_new (self->engine);
  display = sag_ui_session_get_display (self->session);
  self->masks = sag_ui_masks_get (self->session);
  self->one = sag_ui_cases_add (sag_ui_session_get_cases (self->session), file);
  sag_ui_case_give (self->one, volume, sag_volume_get_geometry (volume)->dims[2]);
  sag_ui_cases_set_current (sag_ui_session_get_cases (self->session), self->one);
  g_object_set (display, "show-cross", FALSE, "show-marks", FALSE, NULL);
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      GtkWidget *view = sag_ui_slice_view_new (p);

      self->views[p] = SAG_UI_SLICE_VIEW (view);
      sag_ui_slice_view_set_display (self->views[p], display);
      sag_ui_masks_attach (self->masks, self->views[p]);
      gtk_widget_set_size_request (view, SIZE, SIZE);
      gtk_box_append (GTK_BOX (box), view);
    }
  self->window = sag_test_ui_show (box, 3 * SIZE, SIZE);
  wait (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (self->window);
  sag_test_ui_settle ();
  g_assert_finalize_object (self->session);
  g_object_unref (self->engine);
}

static void
activate (Fixture *self, const char *name, GVariant *value)
{
  g_action_group_activate_action (sag_ui_masks_get_actions (self->masks), name, value);
  wait (self);
}

static void
use_tool (Fixture *self, const char *name)
{
  activate (self, "tool", g_variant_new_string (name));
}

static SagRenderSlice
get_slice (Fixture *self, SagRenderPlane plane)
{
  SagRenderSlice slice;

  g_assert_true (sag_ui_slice_view_get_slice (self->views[plane], &slice));
  return slice;
}

static void
hand (Fixture       *self,
      SagRenderPlane plane,
      const double (*places)[2],
      int             n_places,
      GdkModifierType state)
{
  SagRenderSlice slice = get_slice (self, plane);

  for (int i = 0; i < n_places; i++)
    {
      SagUiSlicePoint at = { .x = places[i][0], .y = places[i][1], .n_press = 1, .state = state };

      sag_render_slice_to_ras (&slice, at.x, at.y, at.ras_mm);
      if (i == 0)
        g_assert_true (sag_ui_mask_layer.press (self->views[plane], &slice, &at, self->masks));
      else
        sag_ui_mask_layer.drag (self->views[plane], &slice, &at, self->masks);
      if (i + 1 == n_places)
        sag_ui_mask_layer.release (self->views[plane], &slice, &at, n_places == 1, self->masks);
    }
}

static void
click (Fixture *self, SagRenderPlane plane, double x, double y, GdkModifierType state)
{
  const double places[1][2] = { { x, y } };

  hand (self, plane, places, 1, state);
}

static SagMask *
get_mask (Fixture *self, guint index)
{
  return sag_mask_set_get_mask (sag_ui_case_masks_get_set (self->masks->current), index);
}

static gboolean
undo (Fixture *self)
{
  gboolean did = sag_ui_journal_undo (sag_ui_session_get_journal (self->session));

  wait (self);
  return did;
}

static gboolean
redo (Fixture *self)
{
  gboolean did = sag_ui_journal_redo (sag_ui_session_get_journal (self->session));

  wait (self);
  return did;
}

/* The voxel under a device pixel, worked out from the affine alone. */
static void
voxel_under (const SagRenderSlice *slice, double x, double y, int ijk[3])
{
  double at[3], ras_to_ijk[3][4];

  sag_render_slice_to_ras (slice, x, y, at);
  g_assert_true (sag_geometry_invert (sag_volume_get_geometry (volume), ras_to_ijk));
  sag_geometry_apply (ras_to_ijk, at, at);
  for (int a = 0; a < 3; a++)
    ijk[a] = (int) floor (at[a] + 0.5 + 1e-9);
}

/* Coloured pixels are exactly those of voxels whose centres lie in the disc. */
static void
test_disc (Fixture *self, gconstpointer data)
{
  const double radius = 9;
  int          scale = gtk_widget_get_scale_factor (GTK_WIDGET (self->views[0]));

  g_object_set (self->masks, "size-mm", 2 * radius, NULL);
  use_tool (self, "brush");
  for (int p = 0; p < SAG_RENDER_N_PLANES; p++)
    {
      SagRenderSlice     slice = get_slice (self, p);
      const double       x = 140.3, y = 155.8;
      const SagGeometry *grid = sag_volume_get_geometry (volume);
      g_autofree char   *name = g_strdup_printf ("disc-%d%s", p, scale > 1 ? "-2x" : "");
      double             centre_mm[3];
      cairo_surface_t   *picture;
      int                n_in = 0, centre[3];

      sag_render_slice_to_ras (&slice, x, y, centre_mm);
      voxel_under (&slice, x, y, centre);
      click (self, p, x, y, 0);
      sag_ui_mask_layer.hover (self->views[p], &slice, NULL, self->masks);
      wait (self);
      picture = sag_test_ui_picture (GTK_WIDGET (self->views[p]), name);
      for (int py = 0; py < SIZE * scale; py++)
        for (int px = 0; px < SIZE * scale; px++)
          {
            guint32  pixel = sag_test_ui_pixel (picture, px, py);
            gboolean coloured = (pixel >> 16) != (pixel & 255), in;
            double   d2 = 0, at[3], voxel_mm[3];
            int      ijk[3];

            voxel_under (&slice, (px + 0.5) / scale, (py + 0.5) / scale, ijk);
            for (int a = 0; a < 3; a++)
              at[a] = ijk[a];
            sag_geometry_to_ras (grid, at, voxel_mm);
            for (int c = 0; c < 3; c++)
              d2 += (voxel_mm[c] - centre_mm[c]) * (voxel_mm[c] - centre_mm[c]);
            in = d2 <= radius * radius || memcmp (ijk, centre, sizeof centre) == 0;
            for (int a = 0; a < 3; a++)
              in = in && ijk[a] >= 0 && ijk[a] < grid->dims[a];
            g_assert_cmpint (coloured, ==, in);
            n_in += in;
          }
      g_assert_cmpint (n_in, >, 1000);
      cairo_surface_destroy (picture);
      g_assert_true (undo (self));
      g_assert_true (sag_mask_is_empty (get_mask (self, 0)));
    }
}

static void
test_undo (Fixture *self, gconstpointer data)
{
  static const double line[][2] = { { 80, 120 }, { 120, 130 }, { 200, 180 } };
  gint64              first, both;

  use_tool (self, "brush");
  hand (self, SAG_RENDER_AXIAL, line, 3, 0);
  /* While the stroke is on its way undo waits for it. */
  g_assert_true (sag_ui_journal_undo (sag_ui_session_get_journal (self->session)));
  wait (self);
  g_assert_true (sag_mask_is_empty (get_mask (self, 0)));
  g_assert_true (redo (self));
  first = sag_mask_count (get_mask (self, 0));
  g_assert_cmpint (first, >, 100);

  click (self, SAG_RENDER_SAGITTAL, 150, 150, GDK_SHIFT_MASK); /* a ball */
  wait (self);
  both = sag_mask_count (get_mask (self, 0));
  g_assert_cmpint (both, >, first + 200);
  g_assert_true (undo (self));
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, first);
  g_assert_true (redo (self));
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, both);

  use_tool (self, "eraser");
  hand (self, SAG_RENDER_AXIAL, line, 3, 0);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), <, both);
  for (int i = 0; i < 3; i++)
    g_assert_true (undo (self));
  g_assert_true (sag_mask_is_empty (get_mask (self, 0)));
  g_assert_true (undo (self)); /* the mask itself */
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 0);
  g_assert_false (undo (self));
}

static void
say_cb (SagUiSession *session, const char *sentence, gboolean undoable, char **said)
{
  g_free (*said);
  *said = g_strdup (sentence);
}

/* A locked mask cannot be painted, changed or deleted; Escape takes a stroke back. */
static void
test_lock (Fixture *self, gconstpointer data)
{
  g_autofree char *said = NULL;
  SagRenderSlice   slice = get_slice (self, SAG_RENDER_AXIAL);
  SagUiSlicePoint  at = { .x = 150, .y = 150, .n_press = 1 };
  gint64           n;

  g_signal_connect (self->session, "toast", G_CALLBACK (say_cb), &said);
  use_tool (self, "brush");
  click (self, SAG_RENDER_AXIAL, 150, 150, 0);
  wait (self);
  n = sag_mask_count (get_mask (self, 0));
  g_assert_cmpint (n, >, 0);
  activate (self, "lock", NULL);
  click (self, SAG_RENDER_AXIAL, 90, 150, 0);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, n);
  g_assert_cmpstr (said, ==, "Mask 1 is locked.");
  g_clear_pointer (&said, g_free);
  activate (self, "grow", NULL);
  g_assert_cmpstr (said, ==, "Mask 1 is locked.");
  activate (self, "remove", NULL);
  g_assert_cmpuint (sag_ui_case_masks_get_n (self->masks->current), ==, 1);
  activate (self, "lock", NULL);

  sag_render_slice_to_ras (&slice, at.x, at.y, at.ras_mm);
  at.ras_mm[0] += 20;
  g_assert_true (sag_ui_mask_layer.press (self->views[0], &slice, &at, self->masks));
  sag_ui_mask_layer.cancel (self->views[0], self->masks);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, n);
  g_signal_handlers_disconnect_by_data (self->session, &said);
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  g_object_set (self->masks, "size-mm", 60.0, "ball", TRUE, "limits", TRUE, "low", 300.0, "high",
                800.0, NULL);
  use_tool (self, "brush");
  click (self, SAG_RENDER_CORONAL, 150, 150, 0);
  wait (self);
  g_assert_false (sag_mask_is_empty (get_mask (self, 0)));
  for (int k = 0; k < 110; k++)
    for (int j = 0; j < 90; j++)
      for (int i = 0; i < 40; i++)
        if (sag_mask_get (get_mask (self, 0), i, j, k))
          g_assert_cmpfloat (sag_volume_value (volume, i, j, k), ==, 500);
}

/* Region, outline, slices, Booleans: each leaves what it should, and can be undone. */
static void
test_deeds (Fixture *self, gconstpointer data)
{
  static const double square[][2] = { { 120, 120 }, { 180, 120 }, { 180, 180 }, { 120, 180 } };
  const gint64        box = 20 * 50 * 50;
  gint64              n;
  char               *first;

  /* In the slice first: 50 x 50 voxels; then in space. */
  use_tool (self, "flood");
  g_object_set (self->masks, "reach-mm", 0.0, NULL);
  click (self, SAG_RENDER_AXIAL, 150, 150, 0);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, 50 * 50);
  click (self, SAG_RENDER_AXIAL, 150, 150, GDK_SHIFT_MASK);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, box);

  g_object_set (self->masks, "distance-mm", 1.0, NULL);
  activate (self, "shrink", NULL);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), <, box);
  g_assert_true (undo (self));
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, box);

  /* Another mask: an outline, copied, interpolated. */
  first = g_strdup (sag_ui_case_masks_get_active (self->masks->current));
  activate (self, "add", NULL);
  use_tool (self, "polygon");
  for (int i = 0; i < 4; i++)
    click (self, SAG_RENDER_AXIAL, square[i][0], square[i][1], 0);
  click (self, SAG_RENDER_AXIAL, square[0][0], square[0][1], 0);
  wait (self);
  n = sag_mask_count (get_mask (self, 1));
  g_assert_cmpint (n, >, 100);
  activate (self, "copy-slice", g_variant_new_int32 (1));
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), ==, 2 * n);
  sag_ui_slice_view_step (self->views[0], 3);
  wait (self);
  activate (self, "copy-slice", g_variant_new_int32 (-3)); /* nothing there to copy */
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), ==, 2 * n);
  activate (self, "copy-slice", g_variant_new_int32 (4));
  sag_ui_slice_view_step (self->views[0], -1);
  wait (self);

  /* All of it lies in the box: Booleans with that are known. */
  g_object_set (self->masks, "other", first, NULL);
  n = sag_mask_count (get_mask (self, 1));
  activate (self, "combine", g_variant_new_string ("union"));
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), >=, box);
  g_assert_true (undo (self));
  activate (self, "combine", g_variant_new_string ("difference"));
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), <, n);
  g_assert_true (undo (self));
  g_assert_cmpint (sag_mask_count (get_mask (self, 1)), ==, n);
  g_free (first);
}

static void
test_interpolate (Fixture *self, gconstpointer data)
{
  gint64 n;

  use_tool (self, "brush");
  click (self, SAG_RENDER_AXIAL, 150, 150, 0);
  wait (self);
  n = sag_mask_count (get_mask (self, 0));
  sag_ui_slice_view_step (self->views[0], 4);
  wait (self);
  click (self, SAG_RENDER_AXIAL, 150, 150, 0);
  wait (self);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, 2 * n);
  self->masks->touched = self->views[SAG_RENDER_AXIAL];
  activate (self, "interpolate", NULL);
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, 5 * n);
  g_assert_true (undo (self));
  g_assert_cmpint (sag_mask_count (get_mask (self, 0)), ==, 2 * n);
}

/* What is only in memory would be lost; what is in a file is not. */
static void
test_kept (Fixture *self, gconstpointer data)
{
  use_tool (self, "brush");
  click (self, SAG_RENDER_AXIAL, 150, 150, 0);
  g_assert_false (sag_ui_case_masks_is_kept (self->masks->current));
  wait (self);
  g_assert_false (sag_ui_case_masks_is_kept (self->masks->current));
  sag_ui_case_masks_note_kept (
    self->masks->current, sag_ui_case_masks_get_active (self->masks->current), get_mask (self, 0));
  g_assert_true (sag_ui_case_masks_is_kept (self->masks->current));
  click (self, SAG_RENDER_AXIAL, 100, 150, 0);
  wait (self);
  g_assert_false (sag_ui_case_masks_is_kept (self->masks->current));
}

/* By keyboard alone: the crosshair is the hand. */
static void
test_keyboard (Fixture *self, gconstpointer data)
{
  double cross_mm[3];
  int    ijk[3];
  double ras_to_ijk[3][4], at[3];

  use_tool (self, "brush");
  self->masks->touched = self->views[SAG_RENDER_CORONAL];
  activate (self, "size", g_variant_new_int32 (-4));
  g_assert_cmpfloat_with_epsilon (self->masks->size_mm, 6, 1e-9);
  activate (self, "point", NULL);
  sag_ui_display_get_cross (sag_ui_session_get_display (self->session), cross_mm);
  g_assert_true (sag_geometry_invert (sag_volume_get_geometry (volume), ras_to_ijk));
  sag_geometry_apply (ras_to_ijk, cross_mm, at);
  for (int a = 0; a < 3; a++)
    ijk[a] = (int) lrint (at[a]);
  g_assert_true (sag_mask_get (get_mask (self, 0), ijk[0], ijk[1], ijk[2]));
  activate (self, "add", NULL);
  g_assert_cmpint (sag_ui_case_masks_get_active_index (self->masks->current), ==, 1);
  activate (self, "next", g_variant_new_int32 (1));
  g_assert_cmpint (sag_ui_case_masks_get_active_index (self->masks->current), ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  sag_test_ui_init (&argc, &argv);
  volume = make_volume ();
#define ADD(name, func) g_test_add ("/ui/masks/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("disc", test_disc);
  ADD ("undo", test_undo);
  ADD ("lock", test_lock);
  ADD ("limits", test_limits);
  ADD ("deeds", test_deeds);
  ADD ("interpolate", test_interpolate);
  ADD ("kept", test_kept);
  ADD ("keyboard", test_keyboard);
#undef ADD
  status = g_test_run ();
  sag_volume_unref (volume);
  return status;
}
