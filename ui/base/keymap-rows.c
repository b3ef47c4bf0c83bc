/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/base/keymap.h"

#include <glib/gi18n.h>

#define FILES N_ ("Scans")
#define PROJECT N_ ("Project")
#define LABEL N_ ("Labels")
#define ANSWERS N_ ("Answers")
#define MEASURE N_ ("Measuring")
#define MASK N_ ("Masks")
#define WINDOW N_ ("Window")
#define VIEWS N_ ("Views")
#define GREY N_ ("Greys")
#define SCENE N_ ("3D")
#define LAYOUT N_ ("Layout")
#define MODEL N_ ("Model")

/* clang-format off */
static const SagUiKeyRow rows[] = {
  { "win.open", FILES, N_ ("Open scans…"), "<Control>o", "<Control>o <Control>g" },
  { "win.demo", FILES, N_ ("Try the demo case"), "<Control>d", "<Control>d" },
  { "win.next-case", FILES, N_ ("Next case"), "<Control>Page_Down", "<Control>Page_Down" },
  { "win.previous-case", FILES, N_ ("Previous case"), "<Control>Page_Up", "<Control>Page_Up" },
  { "win.close-case", FILES, N_ ("Close the case"), "<Control>w", "<Control>w" },
  { "export.view", FILES, N_ ("Save a picture of the view"), "<Control>s", "<Control>s" },
  { "export.views", FILES, N_ ("Save a picture of all views"), "<Control><Shift>s", "<Control><Shift>s" },
  { "export.copy-view", FILES, N_ ("Copy the view"), "<Control>c", "<Control>c" },

  { "project.new", PROJECT, N_ ("New project…"), "<Control><Alt>n", "<Control><Alt>n" },
  { "project.worklist", PROJECT, N_ ("Worklist"), "<Shift>w", "<Shift>w" },
  { "readings.show", PROJECT, N_ ("Readings side by side"), "<Control><Alt>r", "<Control><Alt>r" },
  { "tune.show", PROJECT, N_ ("Fine-tune a model…"), "<Control><Alt>f", "<Control><Alt>f" },
  { "project.tasks", PROJECT, N_ ("Tasks of the project…"), "<Control>t", "<Control>t" },
  { "project.open", PROJECT, N_ ("Open a project…"), "<Control><Alt>o", "<Control><Alt>o" },

  { "view.step(1)", VIEWS, N_ ("Next slice towards the right, the front or the head"), "Up", "Up" },
  { "view.step(-1)", VIEWS, N_ ("Next slice towards the left, the back or the feet"), "Down", "Down" },
  { "view.step(5)", VIEWS, N_ ("Five slices on"), "<Shift>Up", "<Shift>Up" },
  { "view.step(-5)", VIEWS, N_ ("Five slices back"), "<Shift>Down", "<Shift>Down" },
  { "view.step(20)", VIEWS, N_ ("Twenty slices on"), "Page_Up", "Page_Up" },
  { "view.step(-20)", VIEWS, N_ ("Twenty slices back"), "Page_Down", "Page_Down" },
  { "view.step(65536)", VIEWS, N_ ("To the last slice"), "Home", "Home" },
  { "view.step(-65536)", VIEWS, N_ ("To the first slice"), "End", "End" },
  { "view.cine", VIEWS, N_ ("Play the slices, or stop"), "space", "space" },
  { "view.fit", VIEWS, N_ ("Fit"), "equal", "equal r" },
  { "view.zoom(1.25)", VIEWS, N_ ("Enlarge"), "<Control>plus <Control>equal", "<Control>plus <Control>equal" },
  { "view.zoom(0.8)", VIEWS, N_ ("Shrink"), "<Control>minus", "<Control>minus" },
  { "view.cross", VIEWS, N_ ("Crosshair"), "x", "x" },
  { "view.peek", VIEWS, N_ ("Hide the maps while held"), "h", "h", .held = TRUE },
  { "view.overlays", VIEWS, N_ ("Maps"), "<Shift>h", "<Shift>h s" },
  { "view.opacity(-0.1)", VIEWS, N_ ("Maps more transparent"), "bracketleft", "bracketleft a" },
  { "view.opacity(0.1)", VIEWS, N_ ("Maps less transparent"), "bracketright", "bracketright d" },
  { "view.marks", VIEWS, N_ ("Letters and numbers"), "<Control>l", "<Control>l" },
  { "view.box", VIEWS, N_ ("Analysed box"), "<Control>b", "<Control>b" },

  { "view.preset(0)", GREY, N_ ("Lung"), "1", "1" },
  { "view.preset(1)", GREY, N_ ("Mediastinum"), "2", "2" },
  { "view.preset(2)", GREY, N_ ("Abdomen"), "3", "3" },
  { "view.preset(3)", GREY, N_ ("Liver"), "4", "4" },
  { "view.preset(4)", GREY, N_ ("Bone"), "5", "5" },
  { "view.preset(5)", GREY, N_ ("Brain"), "6", "6" },
  { "view.preset(6)", GREY, N_ ("Model input"), "7", "7" },
  { "view.own-window", GREY, N_ ("The scan's own window, or all its values"), "0", "0" },
  { "view.invert", GREY, N_ ("Invert"), "i", "i" },
  { "view.interpolate", GREY, N_ ("Interpolate voxels"), "<Control>i", "<Control>i" },
  { "view.neurological", GREY, N_ ("Patient's left on the left"), "<Control>r", "<Control>r" },

  { "scene.view::anterior", SCENE, N_ ("From the front"), "<Alt>a", "<Alt>a" },
  { "scene.view::posterior", SCENE, N_ ("From the back"), "<Alt>p", "<Alt>p" },
  { "scene.view::left", SCENE, N_ ("From the patient’s left"), "<Alt>l", "<Alt>l" },
  { "scene.view::right", SCENE, N_ ("From the patient’s right"), "<Alt>r", "<Alt>r" },
  { "scene.view::superior", SCENE, N_ ("From the head"), "<Alt>s", "<Alt>s" },
  { "scene.view::inferior", SCENE, N_ ("From the feet, as axial slices"), "<Alt>i", "<Alt>i" },
  { "scene.zoom(1.25)", SCENE, N_ ("Enlarge"), "<Alt>plus", "<Alt>plus" },
  { "scene.zoom(0.8)", SCENE, N_ ("Shrink"), "<Alt>minus", "<Alt>minus" },
  { "scene.fit", SCENE, N_ ("Fit"), "<Alt>equal", "<Alt>equal" },

  { "view.layout::quad", LAYOUT, N_ ("Four views"), "F1", "F1" },
  { "view.layout::large", LAYOUT, N_ ("One large, three small"), "F2", "F2" },
  { "view.maximise", LAYOUT, N_ ("The active view alone, and back"), "F3", "F3" },
  { "view.main::scene", LAYOUT, N_ ("3D alone"), "F4", "F4" },
  { "view.compare-next", LAYOUT, N_ ("Compare with the next case"), "<Control>k", "<Control>k" },
  { "view.aligned", LAYOUT, N_ ("Draw both on the same slices"), "k", "k" },
  { "view.checker", LAYOUT, N_ ("Checkerboard of both"), "<Shift>k", "<Shift>k" },
  { "view.end-compare", LAYOUT, N_ ("End the comparison"), "<Control><Shift>k", "<Control><Shift>k" },

  { "ask.focus", ANSWERS, N_ ("Type a task"), "slash", "slash" },
  { "ask.catalogue", ANSWERS, N_ ("Ask the whole catalogue"), "<Control><Shift>a", "<Control><Shift>a" },
  { "ask.peak", ANSWERS, N_ ("To the peak of the answer's map"), "p", "p" },
  { "ask.map", ANSWERS, N_ ("The answer's map on and off"), "o", "o" },
  { "ask.star", ANSWERS, N_ ("Pin the answer to the top"), "<Shift>p", "<Shift>p" },
  { "ask.again", ANSWERS, N_ ("Ask again"), "<Control>Return", "<Control>Return" },
  { "ask.again-all", ANSWERS, N_ ("Ask outdated answers again"),
    "<Control><Shift>Return", "<Control><Shift>Return" },
  { "ask.evidence", ANSWERS, N_ ("Evidence: what the number rests on"), "<Control>e", "<Control>e" },
  { "ask.robust", ANSWERS, N_ ("Robustness: other words and boxes"), "<Control><Shift>e", "<Control><Shift>e" },
  { "ask.compare", ANSWERS, N_ ("Compare the answer with another one"), "<Control>j", "<Control>j" },
  { "ask.details", ANSWERS, N_ ("Details of the answer"), "<Alt>Return", "<Alt>Return" },
  { "ask.copy-text", ANSWERS, N_ ("Copy the answer as text"), "", "" },
  { "ask.save", ANSWERS, N_ ("Save the answer"), "<Control><Alt>s", "<Control><Alt>s" },
  { "ask.read-first", ANSWERS, N_ ("Read first: hide answers until a label is set"),
    "<Control><Shift>r", "<Control><Shift>r" },

  { "label.set('present')", LABEL, N_ ("Present"), "y", "y" },
  { "label.set('absent')", LABEL, N_ ("Absent"), "n", "n" },
  { "label.set('unsure')", LABEL, N_ ("Unsure"), "u", "u" },
  { "label.set('not evaluable')", LABEL, N_ ("Not evaluable"), "q", "q" },
  { "label.set('censored')", LABEL, N_ ("Censored"), "z", "z" },
  { "label.set('none')", LABEL, N_ ("Take the label back"), "BackSpace", "BackSpace" },
  { "label.task(1)", LABEL, N_ ("Next task"), "<Alt>Down", "<Alt>Down" },
  { "label.task(-1)", LABEL, N_ ("Previous task"), "<Alt>Up", "<Alt>Up" },
  { "label.rest-absent", LABEL, N_ ("Rest absent"), "r", "<Shift>r" },
  { "label.as-last", LABEL, N_ ("As the last case"), "l", "l" },
  { "label.next", LABEL, N_ ("Next case with a task to label"), "<Shift>n", "<Shift>n" },

  { "measure.tool('ruler')", MEASURE, N_ ("Ruler"), "m", "m" },
  { "measure.tool('angle')", MEASURE, N_ ("Angle"), "a", "<Shift>m" },
  { "measure.tool('ellipse')", MEASURE, N_ ("Ellipse"), "c", "c" },
  { "measure.tool('box')", MEASURE, N_ ("Move the analysed box"), "<Shift>b", "<Shift>b" },
  { "measure.point", MEASURE, N_ ("Put a point at the crosshair"), "period", "period" },
  { "measure.delete", MEASURE, N_ ("Delete the measurement"), "Delete", "Delete" },
  { "measure.copy", MEASURE, N_ ("Copy the measurements"), "<Control><Shift>c", "<Control><Shift>c" },

  { "mask.tool('brush')", MASK, N_ ("Brush"), "b", "b" },
  { "mask.tool('eraser')", MASK, N_ ("Eraser"), "e", "e" },
  { "mask.tool('polygon')", MASK, N_ ("Polygon"), "g", "g" },
  { "mask.tool('lasso')", MASK, N_ ("Lasso"), "<Shift>g", "<Shift>g" },
  { "mask.tool('flood')", MASK, N_ ("Grow a region"), "f", "f" },
  { "mask.point", MASK, N_ ("Use the tool at the crosshair"), "Return KP_Enter", "Return KP_Enter" },
  { "mask.size(-1)", MASK, N_ ("Smaller brush"), "minus", "minus" },
  { "mask.size(1)", MASK, N_ ("Larger brush"), "plus", "plus" },
  { "mask.ball", MASK, N_ ("In 3D, or in the slice alone"), "v", "v" },
  { "mask.limits", MASK, N_ ("Only values between the limits"), "t", "t" },
  { "mask.add", MASK, N_ ("Add a mask"), "Insert", "Insert" },
  { "mask.next(1)", MASK, N_ ("Next mask"), "comma", "comma" },
  { "mask.next(-1)", MASK, N_ ("Previous mask"), "semicolon", "semicolon" },
  { "mask.lock", MASK, N_ ("Lock the mask, or unlock it"), "<Shift>l", "<Shift>l" },
  { "mask.visible", MASK, N_ ("Show the mask, or hide it"), "<Shift>v", "<Shift>v" },
  { "mask.copy-slice(1)", MASK, N_ ("Copy to the next slice towards the right, the front or the head"),
    "<Control>Up", "<Control>Up" },
  { "mask.copy-slice(-1)", MASK, N_ ("Copy to the next slice towards the left, the back or the feet"),
    "<Control>Down", "<Control>Down" },
  { "mask.interpolate", MASK, N_ ("Fill the slices between painted ones"), "<Shift>i", "<Shift>i" },
  { "mask.grow", MASK, N_ ("Grow"), "", "" },
  { "mask.shrink", MASK, N_ ("Shrink the mask"), "", "" },
  { "mask.smooth", MASK, N_ ("Smooth"), "", "" },
  { "mask.fill-holes", MASK, N_ ("Fill holes"), "", "" },
  { "mask.largest", MASK, N_ ("Keep the largest part alone"), "", "" },
  { "mask.drop-small", MASK, N_ ("Remove parts below 0.1 ml"), "", "" },
  { "mask.from-map", MASK, N_ ("New mask from the shown map"), "<Shift>f", "<Shift>f" },
  { "mask.remove", MASK, N_ ("Delete the mask"), "<Shift>Delete", "<Shift>Delete" },

  { "win.bundles", MODEL, N_ ("Models…"), "<Control>m", "<Control>m" },
  { "win.stop", MODEL, N_ ("Stop the work of the model"), "<Control>period", "<Control>period" },
  { "win.self-test", MODEL, N_ ("Self-test"), "<Control><Shift>t", "<Control><Shift>t" },

  { "win.undo", WINDOW, N_ ("Undo"), "<Control>z", "<Control>z" },
  { "win.redo", WINDOW, N_ ("Redo"), "<Control><Shift>z <Control>y", "<Control><Shift>z <Control>y" },
  { "win.focus-views", WINDOW, N_ ("Back to the views"), "Escape", "Escape" },
  { "win.show-cases", WINDOW, N_ ("Show the list of cases"), "F9", "F9" },
  { "win.show-tools", WINDOW, N_ ("Show the pane on the right"), "<Shift>F9", "<Shift>F9" },
  { "win.pane('ask')", WINDOW, N_ ("Ask"), "F5", "F5" },
  { "win.pane('labels')", WINDOW, N_ ("Labels"), "F6", "F6" },
  { "win.pane('masks')", WINDOW, N_ ("Masks"), "F7", "F7" },
  { "win.pane('measurements')", WINDOW, N_ ("Measurements"), "F8", "F8" },
  { "win.fullscreen", WINDOW, N_ ("Full screen"), "F11", "F11" },
  { "win.show-keys", WINDOW, N_ ("Keys"), "question <Control>question", "question <Control>question" },
  { "win.preferences", WINDOW, N_ ("Preferences"), "<Control>comma", "<Control>comma" },
  { "app.new-window", WINDOW, N_ ("New window"), "<Control>n", "<Control>n" },
  { "window.close", WINDOW, N_ ("Close the window"), "<Control><Shift>w", "<Control><Shift>w" },
  { "app.quit", WINDOW, N_ ("Quit"), "<Control>q", "<Control>q" },
};
/* clang-format on */

const SagUiKeyRow *
sag_ui_key_rows (gsize *n_rows)
{
  *n_rows = G_N_ELEMENTS (rows);
  return rows;
}
